// @vitest-environment happy-dom
import { Server } from 'socket.io';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClientToServerEvents, ServerToClientEvents } from '../../../shared/events.ts';
import { isFirstCameraWanted } from '../dashboard/first-camera.ts';
import { cameras, closeLive } from '../dashboard/live.ts';
import { session } from '../dashboard/session.ts';
import { announce, toast } from '../page/announce.ts';
import { openDialog, openedDialog, type PageDialog } from '../page/page-dialog.ts';
import { navigate } from '../page/route.ts';
import { button, eventually, field, find, pageText, press, show, type } from '../testing/page.ts';
import { cameraView, openGateway, type Routes, refuse, sessionView } from '../testing/small-gateway.ts';
import { App } from './app.tsx';

let sockets: Server<ClientToServerEvents, ServerToClientEvents>;

beforeEach(() => {
  session.value = undefined;
  openedDialog.value = undefined;
  isFirstCameraWanted.value = false;
});

afterEach(async () => {
  closeLive();
  await sockets.close();
});

async function open(address: string, routes: Routes = {}) {
  const gateway = await openGateway({
    'GET /api/session': sessionView(),
    'GET /api/views': [],
    'GET /api/gateway': { demo: false, version: '1' },
    ...routes,
  });
  sockets = new Server(gateway.server);
  sockets.on('connection', (socket) => socket.emit('cameras-changed', [cameraView('yard')]));
  navigate(address);
  await show(<App />);
  return gateway;
}

test('whoever is signed in sees the grid of their cameras', async () => {
  await open('/');
  await eventually(() => expect(document.querySelector('[data-camera="yard"]')).not.toBeNull());
});

test('whoever is not signs in, and stays on the page that they asked for', async () => {
  await open('/audit', {
    'GET /api/session': refuse('not-signed-in', 'Not signed in.', 401),
    'POST /api/session': sessionView(),
    'GET /api/audit?limit=100': [],
  });
  await eventually(() => expect(button('Sign in')).toBeTruthy());
  expect(cameras.value).toBeUndefined();
  await type(field('Name'), 'ada');
  await type(field('Password'), 'secret');
  await press(button('Sign in'));
  await eventually(() => expect(find('h1', 'Audit log')).toBeTruthy());
});

test('a gateway that does not answer is said to be away, on an empty page', async () => {
  const gateway = await openGateway({});
  sockets = new Server(gateway.server);
  gateway.server.close();
  gateway.server.closeAllConnections();
  await show(<App />);
  await eventually(() => expect(pageText()).toContain('The gateway does not answer.'));
  expect(session.value).toBeUndefined();
});

test('a session that ends on the gateway’s side leads to the sign-in, with the reason', async () => {
  await open('/');
  await eventually(() => expect(cameras.value).toHaveLength(1));
  sockets.emit('session-ended', { code: 'not-signed-in', message: 'An administrator signed you out.' });
  await eventually(() => expect(pageText()).toContain('An administrator signed you out.'));
  expect(cameras.value).toBeUndefined();
});

test('a page that somebody may not use says so, and offers none of its buttons', async () => {
  await open('/people', { 'GET /api/session': sessionView({ role: 'viewer', may: ['view', 'own-account'] }) });
  await eventually(() => expect(find('h1', 'Your account may not open this page. Ask an administrator.')).toBeTruthy());
  expect(pageText()).not.toContain('Add person');
});

test('after signing out nothing of a camera is left, also for a screen reader', async () => {
  await open('/');
  await eventually(() => expect(cameras.value).toHaveLength(1));
  announce('Yard went offline.');
  toast('Yard saved.');
  await eventually(() => expect(pageText()).toContain('Yard went offline.'));
  session.value = null;
  await eventually(() => expect(button('Sign in')).toBeTruthy());
  await eventually(() => expect(pageText()).not.toContain('Yard'));
  expect(document.title).not.toContain('Yard');
});

test.each([
  ['/account', 'My account', { 'GET /api/sessions': [] }],
  ['/people', 'People and access', { 'GET /api/users': [], 'GET /api/tokens': [] }],
  ['/viewers', 'Who is watching', { 'GET /api/viewers': [] }],
  ['/shares', 'Share links', { 'GET /api/shares': [], 'GET /api/viewers': [] }],
  ['/cameras/yard', 'Yard', {}],
  ['/nowhere', 'There is nothing at this address.', {}],
])('%s is the page "%s"', async (address, title, routes) => {
  await open(address, routes);
  await eventually(() => expect(find('h1', title)).toBeTruthy());
});

test.each<[PageDialog, string]>([
  [{ kind: 'welcome' }, 'Choose a password'],
  [{ kind: 'shortcuts' }, 'Keyboard shortcuts'],
  [{ kind: 'save-view' }, 'Save this view'],
  [{ kind: 'add-camera', address: '10.0.0.5' }, 'Add camera'],
  [{ kind: 'edit-camera', camera: 'yard' }, 'Edit yard'],
  [{ kind: 'share', camera: 'yard' }, 'Share Yard'],
])('the dialog %j comes over any page, and goes', async (dialog, title) => {
  await open('/nowhere');
  await eventually(() => expect(cameras.value).toHaveLength(1));
  openDialog(dialog);
  await eventually(() => expect(find('dialog h2', title)).toBeTruthy());
  await press(button('Close'));
  expect(document.querySelector('dialog')).toBeNull();
});
