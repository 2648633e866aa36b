// @vitest-environment happy-dom
import { Server } from 'socket.io';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SavedView, SessionView } from '../../../shared/api.ts';
import type { CameraView } from '../../../shared/camera.ts';
import type { ClientToServerEvents, ServerToClientEvents } from '../../../shared/events.ts';
import { isFirstCameraWanted } from '../dashboard/first-camera.ts';
import { cameras, closeLive, openLive } from '../dashboard/live.ts';
import { session } from '../dashboard/session.ts';
import { spoken } from '../page/announce.ts';
import { openedDialog } from '../page/page-dialog.ts';
import { navigate, path, query } from '../page/route.ts';
import {
  button,
  eventually,
  field,
  find,
  findAll,
  messages,
  pageText,
  press,
  pressKey,
  show,
  type,
} from '../testing/page.ts';
import { resetGrid } from '../testing/reset-grid.ts';
import { cameraView, openGateway, type Routes, sessionView } from '../testing/small-gateway.ts';
import { GridPage } from './grid-page.tsx';
import { activeCamera, layout, order, rotateMs, search, selection } from './grid-state.ts';
import { stageSize } from './stage-plan.ts';
import { isWallAwake } from './wall.tsx';

const NAMES = ['yard', 'hall', 'gate', 'roof'];
const NIGHT: SavedView = { id: 'n1', name: 'Night', layout: '1', cameras: ['gate', 'yard'] };

let sockets: Server<ClientToServerEvents, ServerToClientEvents>;

beforeEach(() => {
  resetGrid();
  localStorage.clear();
  isFirstCameraWanted.value = false;
  openedDialog.value = undefined;
  session.value = sessionView();
});

afterEach(async () => {
  closeLive();
  await sockets.close();
});

type Opened = {
  readonly list?: readonly CameraView[];
  readonly routes?: Routes;
  readonly address?: string;
  readonly who?: Partial<SessionView>;
};

async function open({ list = NAMES.map((name) => cameraView(name)), routes, address = '/', who }: Opened = {}) {
  const gateway = await openGateway({ 'GET /api/views': [NIGHT], ...routes });
  sockets = new Server(gateway.server);
  sockets.on('connection', (socket) => socket.emit('cameras-changed', list));
  session.value = sessionView(who);
  navigate(address);
  openLive();
  await show(<GridPage />);
  await eventually(() => expect(cameras.value).toHaveLength(list.length));
  // A window of two rows of two; no browser lays this page out.
  stageSize.value = { width: 1600, height: 900 };
  await show(<GridPage />);
  return gateway;
}

const placed = () =>
  [...document.querySelectorAll<HTMLElement>('.grid-tile')]
    .filter(({ hidden }) => !hidden)
    .map((tile) => tile.dataset.camera);
const focused = () => document.activeElement?.closest<HTMLElement>('[data-camera]')?.dataset.camera;

describe('the tiles', () => {
  test('stand at their places, each with its name', async () => {
    await open();
    expect(placed()).toEqual(NAMES);
    const tops = [...document.querySelectorAll<HTMLElement>('.grid-tile')].map(({ style }) => style.top);
    expect(new Set(tops).size).toBe(2);
    expect(pageText()).toContain('Gate');
  });

  test('only one of them is reached with Tab', async () => {
    await open();
    const reached = [...document.querySelectorAll<HTMLElement>('.tile-open')].filter(({ tabIndex }) => tabIndex === 0);
    expect(reached).toHaveLength(1);
  });

  test('a press opens one over the whole stage, and another takes it back', async () => {
    await open();
    await press(find('.tile-open', 'Open Gate. Starting'));
    expect([query.value.get('open'), placed()]).toEqual(['gate', ['gate']]);
    expect(document.querySelector<HTMLElement>('[data-camera="gate"]')?.style.width).toBe('1600px');
    await press(find('.tile-back', 'Back to all cameras'));
    expect(placed()).toEqual(NAMES);
  });

  test('a camera that goes offline is spoken of', async () => {
    await open();
    const { id, tracks, viewers } = cameraView('gate');
    const main = { phase: 'offline', code: 'timeout', message: 'No answer.', sinceMs: Date.now() } as const;
    sockets.emit('camera-state', { id, main, sub: main, tracks, viewers });
    await eventually(() => expect(spoken.value).toBe('Gate went offline.'));
    await eventually(() => expect(pageText()).toContain('The camera did not answer in time.'));
  });
});

describe('an empty grid', () => {
  test('offers to add a camera to whoever may', async () => {
    await open({ list: [] });
    expect(pageText()).toContain('There are no cameras yet.');
    await press(find('.grid-empty button', 'Add camera'));
    expect(openedDialog.value).toEqual({ kind: 'add-camera' });
  });

  test('tells everybody else whom to ask', async () => {
    await open({ list: [], who: { may: ['view'] } });
    expect(pageText()).toContain('No camera is open to your account. Ask an administrator.');
    expect(findAll('button', 'Add camera')).toHaveLength(0);
  });

  test('after a search says what was searched', async () => {
    await open();
    await type(field('Find a camera'), 'cellar');
    expect(pageText()).toContain('No camera matches “cellar”.');
  });
});

describe('the bar', () => {
  test('finds cameras by name', async () => {
    await open();
    await type(field('Find a camera'), 'ro');
    expect(placed()).toEqual(['roof']);
  });

  test('Escape in the search brings all cameras back', async () => {
    await open();
    await type(field('Find a camera'), 'ro');
    field('Find a camera').focus();
    await pressKey('Escape');
    expect([search.value, placed()]).toEqual(['', NAMES]);
    expect(document.activeElement).not.toBe(field('Find a camera'));
  });

  test('"All cameras" brings them back after a search too', async () => {
    await open();
    await type(field('Find a camera'), 'ro');
    await press(button('Views: All cameras'));
    await press(find('.menu-list button', 'All cameras'));
    expect([search.value, placed()]).toEqual(['', NAMES]);
  });

  test('changes the layout, and turns its pages', async () => {
    await open();
    await press(button('Layout'));
    await press(button('One'));
    expect(placed()).toEqual(['yard']);
    expect(pageText()).toContain('Page 1 of 4');
    await press(button('Next page'));
    expect(placed()).toEqual(['hall']);
    await press(button('Previous page'));
    await press(button('Previous page'));
    expect(placed()).toEqual(['roof']);
  });

  test('shows a saved view, and deletes it', async () => {
    const gateway = await open({ routes: { 'DELETE /api/views/n1': { status: 204 } } });
    await press(button('Views: All cameras'));
    await press(button('Night'));
    expect(placed()).toEqual(['gate']);
    await press(button('Views: Night'));
    await press(button('Delete view “Night”'));
    await eventually(() => expect(messages()).toEqual(['View “Night” deleted.']));
    expect(gateway.bodies('DELETE /api/views/n1')).toHaveLength(1);
  });

  test('says when the gateway does not answer any more', async () => {
    await open();
    expect(pageText()).not.toContain('Connecting again.');
    sockets.disconnectSockets();
    await eventually(() => expect(pageText()).toContain('The gateway does not answer. Connecting again.'));
  });

  test('reminds whoever came by a link to choose a password', async () => {
    await open({ who: { needsPassword: true } });
    await press(button('Choose a password'));
    expect(openedDialog.value).toEqual({ kind: 'welcome' });
  });

  test('the account menu offers only what this person may open', async () => {
    await open({ who: { name: 'guard', role: 'viewer', may: ['view', 'own-account'] } });
    await press(button('Account and pages'));
    expect(pageText()).toContain('guard · Viewer');
    expect(findAll('button', 'People and access')).toHaveLength(0);
    await press(button('My account'));
    expect(path.value).toBe('/account');
  });

  test('signing out ends the session', async () => {
    await open({ routes: { 'DELETE /api/session': { status: 204 } } });
    await press(button('Account and pages'));
    await press(button('Sign out'));
    await eventually(() => expect(session.value).toBeNull());
  });
});

describe('the keys', () => {
  test('arrows go to the neighbours and stop at the edge', async () => {
    await open();
    const way = { ArrowRight: 'hall', ArrowDown: 'roof', ArrowLeft: 'gate', ArrowUp: 'yard' };
    for (const [key, camera] of Object.entries(way)) {
      await pressKey(key);
      await eventually(() => expect(focused()).toBe(camera));
    }
    await pressKey('ArrowLeft');
    expect(activeCamera.value).toBe('yard');
  });

  test('with Shift they take the camera along, and say where it is now', async () => {
    await open();
    await pressKey('ArrowRight', { shiftKey: true });
    expect(placed()).toEqual(['hall', 'yard', 'gate', 'roof']);
    expect(order.value.slice(0, 2)).toEqual(['hall', 'yard']);
    expect(spoken.value).toBe('Yard moved to place 2 of 4.');
  });

  test('with a camera open they go to the next one', async () => {
    await open({ address: '/?open=hall' });
    await pressKey('ArrowRight');
    expect(query.value.get('open')).toBe('gate');
    await pressKey('ArrowUp');
    expect(query.value.get('open')).toBe('hall');
    await pressKey('Escape');
    expect(query.value.has('open')).toBe(false);
  });

  test('figures choose layouts and views, R rotates', async () => {
    await open();
    await pressKey('3');
    expect(layout.value).toBe('3');
    await pressKey('7');
    expect([selection.value, layout.value]).toEqual([['gate', 'yard'], '1']);
    await pressKey('r');
    expect(rotateMs.value).toBe(10_000);
    await pressKey('8');
    expect(selection.value).toEqual(['gate', 'yard']);
  });

  test('a slash goes to the search, whose letters are its own', async () => {
    await open();
    await pressKey('/');
    expect(document.activeElement).toBe(field('Find a camera'));
    await pressKey('3');
    expect(layout.value).toBe('auto');
  });

  test('a question mark lists them, and an open dialog has all keys to itself', async () => {
    await open();
    await pressKey('?');
    expect(openedDialog.value).toEqual({ kind: 'shortcuts' });
    await pressKey('2');
    expect(layout.value).toBe('auto');
  });

  test('keys that belong to the browser stay there', async () => {
    await open();
    await pressKey('2', { ctrlKey: true });
    await pressKey('2', { metaKey: true });
    expect(layout.value).toBe('auto');
  });
});

describe('a wall', () => {
  test('is set up by its address, without the bar, and left with Escape', async () => {
    await open({ address: '/?kiosk&view=Night&layout=2&rotate=30' });
    await eventually(() => expect(selection.value).toEqual(['gate', 'yard']));
    expect([layout.value, rotateMs.value]).toEqual(['2', 30_000]);
    expect(document.querySelector('.bar')).toBeNull();
    expect(pageText()).toContain('Press Esc to leave it');
    await pressKey('Escape');
    expect(query.value.has('kiosk')).toBe(false);
    expect(document.querySelector('.bar')).not.toBeNull();
  });

  test('is left by touch too, and says so again whenever somebody touches it', async () => {
    await open({ address: '/?kiosk' });
    isWallAwake.value = false;
    await eventually(() => expect(findAll('button', 'Leave wall mode')).toHaveLength(0));
    document.dispatchEvent(new Event('pointerdown'));
    await eventually(() => expect(button('Leave wall mode')).toBeTruthy());
    await press(button('Leave wall mode'));
    expect(query.value.has('kiosk')).toBe(false);
  });

  test.each(['layout=9', 'rotate=1', 'rotate=often', 'view=Nowhere'])(
    'an address that makes no sense is as none: %s',
    async (part) => {
      await open({ address: `/?kiosk&${part}` });
      expect([layout.value, rotateMs.value, selection.value, search.value]).toEqual(['auto', undefined, undefined, '']);
    },
  );
});

describe('the first camera', () => {
  test('is asked for beside the demo cameras, until later', async () => {
    isFirstCameraWanted.value = true;
    await open({ routes: { 'GET /api/gateway': { demo: true, version: '1' } } });
    await eventually(() => expect(pageText()).toContain('Add your first camera'));
    await type(field('Address, serial number or RTSP URL'), '10.0.0.5');
    await press(button('Continue'));
    expect(openedDialog.value).toEqual({ kind: 'add-camera', address: '10.0.0.5' });
    await press(button('Later'));
    expect(pageText()).not.toContain('Add your first camera');
    expect(localStorage.getItem('oriel-first-camera-later')).toBe('1');
  });

  test('is not asked for where there are real cameras', async () => {
    isFirstCameraWanted.value = true;
    const gateway = await open({ routes: { 'GET /api/gateway': { demo: false, version: '1' } } });
    await eventually(() => expect(gateway.bodies('GET /api/gateway')).toHaveLength(1));
    await show(<GridPage />);
    expect(pageText()).not.toContain('Add your first camera');
  });
});
