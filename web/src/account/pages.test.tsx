// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from 'vitest';
import type { AuditEntry, SignedInView, ViewerView } from '../../../shared/api.ts';
import { store, viewersChanged } from '../dashboard/live.ts';
import { session } from '../dashboard/session.ts';
import { openDialog, openedDialog } from '../page/page-dialog.ts';
import { formatExact } from '../page/time.ts';
import {
  button,
  choice,
  choose,
  eventually,
  field,
  findAll,
  messages,
  pageText,
  press,
  show,
  type,
} from '../testing/page.ts';
import { cameraView, done, openGateway, refuse, sessionView } from '../testing/small-gateway.ts';
import { auditCsv } from './audit-csv.ts';
import { AuditPage } from './audit-page.tsx';
import { SignIns } from './sign-ins.tsx';
import { ViewersPage } from './viewers-page.tsx';
import { WelcomeDialog } from './welcome-dialog.tsx';

const VIEWER: ViewerView = {
  id: 'v1',
  camera: 'yard',
  quality: 'sub',
  kind: 'webrtc',
  who: 'grace',
  person: 'somebody',
  address: '192.0.2.7',
  sinceMs: Date.now(),
  bitrateKbps: 640,
  lossPercent: 1.25,
  roundTripMs: 12.4,
};

beforeEach(() => {
  session.value = sessionView();
  store.replace([cameraView('yard')]);
});

describe('who is watching', () => {
  test('is said with how well the picture arrives', async () => {
    await openGateway({ 'GET /api/viewers': [VIEWER] });
    await show(<ViewersPage />);
    await eventually(() => expect(pageText()).toContain('grace · Yard'));
    expect(pageText()).toContain('just now · WebRTC · small · 192.0.2.7 · 640 kbit/s · 1.3 % lost · 12 ms round trip');
  });

  test('a camera that is gone is called by its id', async () => {
    await openGateway({ 'GET /api/viewers': [{ ...VIEWER, camera: 'cellar' }] });
    await show(<ViewersPage />);
    await eventually(() => expect(pageText()).toContain('grace · cellar'));
  });

  test('is read again whenever somebody comes or goes', async () => {
    let viewers: ViewerView[] = [VIEWER];
    await openGateway({ 'GET /api/viewers': () => viewers });
    await show(<ViewersPage />);
    await eventually(() => expect(pageText()).toContain('grace'));
    viewers = [];
    viewersChanged.value++;
    await eventually(() => expect(pageText()).toContain('Nobody is watching.'));
  });

  test('a view is ended by those who may', async () => {
    const gateway = await openGateway({ 'GET /api/viewers': [VIEWER], 'DELETE /api/viewers/v1': done() });
    await show(<ViewersPage />);
    await eventually(() => expect(button('End view')).toBeTruthy());
    await press(button('End view'));
    await eventually(() => expect(gateway.bodies('DELETE /api/viewers/v1')).toHaveLength(1));
    session.value = sessionView({ may: ['see-viewers'] });
    await show(<ViewersPage key="other" />);
    await eventually(() => expect(pageText()).toContain('grace'));
    expect(findAll('button', 'End view')).toHaveLength(0);
  });
});

describe('the audit log', () => {
  const AT = Date.UTC(2026, 0, 2, 3, 4, 5);
  const entry = (id: number, event: string): AuditEntry => ({ id, at: AT, who: 'ada', event, subject: 'yard' });

  test('says in words who did what', async () => {
    await openGateway({ 'GET /api/audit?limit=100': [entry(2, 'camera-added'), entry(1, 'of-a-newer-gateway')] });
    await show(<AuditPage />);
    await eventually(() => expect(document.querySelectorAll('tbody tr')).toHaveLength(2));
    const rows = [...document.querySelectorAll('tbody tr')].map((row) => row.textContent);
    const time = formatExact(AT);
    expect(rows).toEqual([`${time}adaAdded a cameraYard`, `${time}adaof-a-newer-gatewayYard`]);
    expect(findAll('button', 'More')).toHaveLength(0);
  });

  test('older entries come when they are asked for, until there are no more', async () => {
    const page = Array.from({ length: 100 }, (_none, at) => entry(200 - at, 'signed-in'));
    const gateway = await openGateway({
      'GET /api/audit?limit=100': page,
      'GET /api/audit?limit=100&before=101': [entry(100, 'signed-out')],
    });
    await show(<AuditPage />);
    await eventually(() => expect(button('More')).toBeTruthy());
    await press(button('More'));
    await eventually(() => expect(document.querySelectorAll('tbody tr')).toHaveLength(101));
    expect(findAll('button', 'More')).toHaveLength(0);
    expect(gateway.asked).toHaveLength(2);
  });

  test('is searched on the gateway, by text and by kind', async () => {
    await openGateway({
      'GET /api/audit?limit=100': [entry(2, 'camera-added'), entry(1, 'signed-in')],
      'GET /api/audit?limit=100&search=yard': [entry(2, 'camera-added')],
      'GET /api/audit?limit=100&event=signed-out&search=yard': [],
    });
    await show(<AuditPage />);
    await eventually(() => expect(document.querySelectorAll('tbody tr')).toHaveLength(2));
    await type(field('Search'), 'yard ');
    await eventually(() => expect(document.querySelectorAll('tbody tr')).toHaveLength(1));
    await choose(choice('What'), 'signed-out');
    await eventually(() => expect(pageText()).toContain('Nothing of this kind was noted.'));
  });

  test('is taken away as a file that no spreadsheet runs', () => {
    const written = auditCsv([{ ...entry(1, 'signed-in'), who: '=1+1', detail: 'said "hi", left' }]);
    expect(written.split('\r\n')).toEqual([
      '"When","Who","What","On","Detail","From"',
      `"2026-01-02T03:04:05.000Z","'=1+1","Signed in","Yard","said ""hi"", left",""`,
      '',
    ]);
  });

  test('what cannot be read is said aloud', async () => {
    await openGateway({ 'GET /api/audit?limit=100': refuse('not-allowed', 'Administrators only.', 403) });
    await show(<AuditPage />);
    await eventually(() => expect(messages()).toEqual(['Administrators only.']));
  });
});

describe('the browsers that are signed in', () => {
  const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
  const here: SignedInView = {
    id: 'b1',
    user: 'ada',
    createdAt: 1,
    lastUsedAt: Date.now(),
    address: '192.0.2.7',
    agent: FIREFOX,
    current: true,
  };

  test('are named, this one is marked, and another is signed out from here', async () => {
    let list = [here, { ...here, id: 'b2', current: false }];
    const gateway = await openGateway({
      'GET /api/sessions': () => list,
      'DELETE /api/sessions/b2': () => {
        list = [here];
        return done();
      },
    });
    await show(<SignIns />);
    await eventually(() => expect(pageText()).toContain('Firefox on Linux'));
    expect(pageText()).toContain('This browser');
    await press(button('Sign out'));
    await eventually(() => expect(findAll('button', 'Sign out')).toHaveLength(0));
    expect(gateway.bodies('DELETE /api/sessions/b2')).toHaveLength(1);
  });
});

describe('whoever came by the one-time link', () => {
  const ACCOUNT = 'PATCH /api/account';

  beforeEach(() => {
    session.value = sessionView({ name: 'admin', needsPassword: true });
    openDialog({ kind: 'welcome' });
  });

  test('chooses name and password, and is told to use them from now on', async () => {
    const gateway = await openGateway({ [ACCOUNT]: sessionView({ name: 'ada' }) });
    await show(<WelcomeDialog />);
    expect(field('Name').value).toBe('admin');
    await type(field('Name'), ' ada ');
    await type(field('New password'), 'ten letters or more');
    await press(button('Save'));
    await eventually(() => expect(messages()).toEqual(['From now on, sign in with this name and password.']));
    expect(gateway.bodies(ACCOUNT)).toEqual([{ name: 'ada', password: 'ten letters or more' }]);
    expect([openedDialog.value, session.value?.needsPassword]).toEqual([undefined, false]);
  });

  test('may do it later', async () => {
    await show(<WelcomeDialog />);
    await press(button('Later'));
    expect(openedDialog.value).toBeUndefined();
  });

  test('reads why a name is not taken', async () => {
    await openGateway({ [ACCOUNT]: refuse('already-exists', 'There is a person of this name.') });
    await show(<WelcomeDialog />);
    await type(field('New password'), 'ten letters or more');
    await press(button('Save'));
    await eventually(() => expect(pageText()).toContain('There is a person of this name.'));
    expect(openedDialog.value).toBeDefined();
  });
});
