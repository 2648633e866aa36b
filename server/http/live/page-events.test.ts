import { afterAll, beforeAll, expect, test } from 'vitest';
import { MOST_PAGE_LINES, MOST_PAGE_OFFERS } from '../../../shared/page-connection.ts';
import { offerOf, startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

let gateway: TestGateway;
let admin: string;
let neighbour: string;

beforeAll(async () => {
  gateway = await startTestGateway();
  await gateway.addUser('admin', 'admin');
  await gateway.addUser('neighbour', 'viewer', ['yard']);
  admin = await gateway.signIn('admin');
  neighbour = await gateway.signIn('neighbour');
});
afterAll(() => gateway.stop());

const tile = (mid: string, camera: string) => ({ mid, camera, quality: 'main', visit: `player-${mid}` }) as const;
const OFFER = { offer: offerOf(3), tiles: [tile('0', 'door'), tile('1', 'yard')] };

test('each tile is a viewer of its page, which only that page can end', async () => {
  const [page, other] = [gateway.openPage({ cookie: admin }), gateway.openPage({ cookie: admin })];
  const reply = await page.emitWithAck('page-offer', OFFER);
  const viewers = reply.ok ? reply.value.tiles.map((one) => ('viewer' in one ? one.viewer : '')) : [];
  expect(gateway.hub.viewers().map(({ id }) => id)).toEqual(viewers);
  expect(gateway.hub.viewers().map(({ visit }) => visit)).toEqual(['player-0', 'player-1']);
  expect(await other.emitWithAck('unwatch', { viewer: viewers[0] ?? '' })).toMatchObject({ ok: false });
  expect(await page.emitWithAck('unwatch', { viewer: viewers[0] ?? '' })).toMatchObject({ ok: true });
});

test('the right to each camera is checked separately', async () => {
  const page = gateway.openPage({ cookie: neighbour });
  const reply = await page.emitWithAck('page-offer', { ...OFFER, tiles: [...OFFER.tiles, tile('2', 'no-such')] });
  const tiles = reply.ok ? reply.value.tiles : [];
  const codes = Object.fromEntries(tiles.map((one) => [one.mid, 'error' in one ? one.error.code : 'plays']));
  // Somebody who may see one camera must not learn which others there are.
  expect(codes).toEqual({ 0: 'not-allowed', 1: 'plays', 2: 'not-allowed' });
});

test('a page is told when the gateway ends one of its tiles', async () => {
  const page = gateway.openPage({ cookie: admin });
  const ended = new Promise((resolve) => page.once('viewer-ended', resolve));
  const reply = await page.emitWithAck('page-offer', { ...OFFER, tiles: [tile('0', 'door')] });
  const [first] = reply.ok ? reply.value.tiles : [];
  const viewer = first && 'viewer' in first ? first.viewer : '';
  await gateway.hub.removeCamera('door' as never);
  expect(await ended).toMatchObject({ viewer, code: 'camera-not-found' });
});

test('a page that sends endless offers is slowed down, and pages that keep the limit are not', async () => {
  const page = gateway.openPage({ cookie: admin });
  const offers = Array.from({ length: 60 }, () => page.emitWithAck('page-offer', { ...OFFER, tiles: [] }));
  const replies = await Promise.all(offers);
  const refused = replies.filter((reply) => !reply.ok);
  expect(refused.length).toBeGreaterThanOrEqual(60 - 2 * MOST_PAGE_OFFERS.burst);
  expect(refused[0]).toMatchObject({ error: { code: 'too-many-requests' } });
  const other = gateway.openPage({ cookie: admin });
  for (let turn = 0; turn < 2 * MOST_PAGE_OFFERS.burst; turn++) {
    expect(await other.emitWithAck('page-offer', { ...OFFER, tiles: [] })).toMatchObject({ ok: true });
    await new Promise((resolve) => setTimeout(resolve, 1000 / MOST_PAGE_OFFERS.perSecond));
  }
});

test.each([
  ['no request', undefined],
  ['no tiles', { offer: 'v=0' }],
  ['more tiles than any page has', { ...OFFER, tiles: Array(MOST_PAGE_LINES + 1).fill(tile('0', 'door')) }],
  ['an offer without end', { ...OFFER, offer: 'x'.repeat(241_000) }],
  ['a field too many', { ...OFFER, admin: true }],
])('%s is answered, not thrown', async (_name, request) => {
  const page = gateway.openPage({ cookie: admin });
  const reply = await page.emitWithAck('page-offer', request as never);
  expect(reply).toMatchObject({ ok: false, error: { code: 'bad-request' } });
});
