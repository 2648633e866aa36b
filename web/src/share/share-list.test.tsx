// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest';
import type { ViewerView } from '../../../shared/api.ts';
import type { ShareView } from '../../../shared/share-link.ts';
import { store, viewersChanged } from '../dashboard/live.ts';
import { session } from '../dashboard/session.ts';
import { button, eventually, findAll, messages, pageText, press, show } from '../testing/page.ts';
import { cameraView, done, openGateway, type Routes, refuse, sessionView } from '../testing/small-gateway.ts';
import { ShareList } from './share-list.tsx';

function share(id: string, part: Partial<ShareView> = {}): ShareView {
  return {
    id,
    camera: 'yard',
    label: `Link ${id}`,
    audio: true,
    quality: 'main',
    createdAt: 1,
    createdBy: 'ada',
    state: 'open',
    watching: 0,
    opened: 0,
    ...part,
  };
}

const VIEWER: ViewerView = {
  id: 'v1',
  camera: 'yard',
  quality: 'main',
  kind: 'webrtc',
  who: 'Link a',
  person: 'somebody',
  address: '192.0.2.7',
  share: 'a',
  sinceMs: 1,
};

beforeEach(() => {
  session.value = sessionView();
  store.replace([cameraView('yard'), cameraView('hall')]);
});

async function showLinks(shares: readonly ShareView[], routes: Routes = {}, camera?: string) {
  const gateway = await openGateway({ 'GET /api/shares': () => shares, 'GET /api/viewers': [], ...routes });
  await show(camera === undefined ? <ShareList /> : <ShareList camera={camera} />);
  await eventually(() => expect(pageText()).not.toContain('Loading'));
  return gateway;
}

const rows = () => [...document.querySelectorAll('li.row')].map((row) => row.textContent ?? '');

test('those that still open come first, the newest before the others', async () => {
  await showLinks([
    share('old', { createdAt: 1 }),
    share('over', { createdAt: 9, state: 'expired' }),
    share('back', { createdAt: 8, state: 'revoked' }),
    share('new', { createdAt: 5, state: 'closed' }),
  ]);
  expect(rows().map((row) => /Link \w+?(?=Yard)/.exec(row)?.[0])).toEqual([
    'Link new',
    'Link old',
    'Link over',
    'Link back',
  ]);
  expect(rows().map((row) => /Outside its hours|Ended|Revoked|Active/.exec(row)?.[0])).toEqual([
    'Outside its hours',
    'Active',
    'Ended',
    'Revoked',
  ]);
});

test('of one camera only its own, and no link is said to be none', async () => {
  await showLinks([share('a'), share('b', { camera: 'hall' })], {}, 'hall');
  expect(rows()).toHaveLength(1);
  await show(<ShareList key="none" camera="cellar" />);
  await eventually(() => expect(pageText()).toContain('No links yet.'));
});

test('the limits of a link are told', async () => {
  const dailyWindow = { from: '20:00', to: '06:30', timeZone: 'Europe/Zurich' };
  await showLinks([share('a', { maxViewers: 1, audio: false, quality: 'sub', dailyWindow, watching: 2 })]);
  for (const limit of ['Daily 20:00–06:30', '1 viewer at once', 'No sound', 'Small stream only', '2 watching'])
    expect(rows()[0]).toContain(limit);
});

test('it says how often it was opened, and when last', async () => {
  await showLinks([share('a', { opened: 3, lastUsedAt: Date.now() }), share('b')]);
  expect(rows()[0]).toContain('Opened 3 times, last just now');
  expect(rows()[1]).toContain('Never opened');
});

test('taken back, it says what that means and is read again', async () => {
  let state: ShareView['state'] = 'open';
  const gateway = await openGateway({
    'GET /api/shares': () => [share('a', { state })],
    'GET /api/viewers': [],
    'DELETE /api/shares/a': () => {
      state = 'revoked';
      return done();
    },
  });
  await show(<ShareList />);
  await eventually(() => expect(button('Revoke')).toBeTruthy());
  await press(button('Revoke'));
  await eventually(() => expect(findAll('button', 'Revoke')).toHaveLength(0));
  expect(messages()).toEqual(['“Link a” revoked. Whoever was watching sees nothing more.']);
  expect(gateway.bodies('DELETE /api/shares/a')).toHaveLength(1);
});

test('whoever watches is named and can be shown the door', async () => {
  const gateway = await showLinks([share('a', { watching: 1 })], {
    'GET /api/viewers': [VIEWER, { ...VIEWER, id: 'v2', share: 'other' }],
    'DELETE /api/viewers/v1': done(),
  });
  await eventually(() => expect(rows()[0]).toContain('192.0.2.7'));
  await press(button('End view'));
  await eventually(() => expect(gateway.bodies('DELETE /api/viewers/v1')).toHaveLength(1));
});

test('whoever may not see viewers is not asked for them', async () => {
  session.value = sessionView({ may: ['share'] });
  const gateway = await showLinks([share('a')]);
  expect(gateway.bodies('GET /api/viewers')).toHaveLength(0);
});

test('it is read again whenever somebody comes or goes', async () => {
  const shares = [share('a')];
  const gateway = await showLinks(shares);
  shares[0] = share('a', { watching: 3 });
  viewersChanged.value++;
  await eventually(() => expect(rows()[0]).toContain('3 watching'));
  expect(gateway.bodies('GET /api/shares')).toHaveLength(2);
});

test('a list that cannot be read is said aloud', async () => {
  await openGateway({ 'GET /api/shares': refuse('stopping', 'The gateway is stopping.', 503), 'GET /api/viewers': [] });
  await show(<ShareList />);
  await eventually(() => expect(messages()).toContain('The gateway is stopping.'));
});
