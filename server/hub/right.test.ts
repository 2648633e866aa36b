import { beforeEach, expect, test } from 'vitest';
import { GatewayError } from '../platform/errors.ts';
import { TestClock } from '../platform/testing/test-clock.ts';
import { Right } from './right.ts';

const REASON = new GatewayError('share-revoked', 'This link was taken back.');
let clock: TestClock;
let heard: string[];
const hear = (name: string) => (reason: GatewayError) => void heard.push(`${name}: ${reason.code}`);

beforeEach(() => {
  clock = new TestClock();
  heard = [];
});

test('its end is told to all that hangs on it, once, and to whoever comes later', () => {
  const link = new Right({ kind: 'link', id: '1' }, clock);
  link.onEnd(hear('viewer'));
  link.onEnd(hear('gone before'))();
  expect(link.ended).toBeUndefined();
  link.end(REASON);
  link.end(new GatewayError('stopping', 'The gateway is stopping.'));
  link.onEnd(hear('too late'));
  expect(heard).toEqual(['viewer: share-revoked', 'too late: share-revoked']);
  expect(() => link.require()).toThrow(REASON);
});

test('what goes wrong with one of them keeps none of the others', () => {
  const errors: unknown[] = [];
  const link = new Right({ kind: 'link', id: '1' }, clock, (error) => errors.push(error));
  link.onEnd(() => {
    throw new Error('broken');
  });
  link.onEnd(hear('viewer'));
  link.end(REASON);
  expect(heard).toEqual(['viewer: share-revoked']);
  expect(errors).toHaveLength(1);
});

test('ends with what it was made by, whether anything hangs on it or not', () => {
  const account = new Right({ kind: 'account', id: '1' }, clock);
  const watched = new Right({ kind: 'session', id: '1', maker: account }, clock);
  const idle = new Right({ kind: 'link', id: '2', maker: account, reasonWithMaker: REASON }, clock);
  watched.onEnd(hear('session'));
  account.end(new GatewayError('not-signed-in', 'Your account was removed.'));
  expect(heard).toEqual(['session: not-signed-in']);
  expect(idle.ended).toBe(REASON);
});

test('what was handed to another account outlives its maker, and ends with that one', () => {
  const [maker, heir] = ['1', '2'].map((id) => new Right({ kind: 'account', id }, clock)) as [Right, Right];
  const link = new Right({ kind: 'link', id: '1', maker, reasonWithMaker: REASON }, clock);
  link.onEnd(hear('viewer'));
  link.handTo(heir);
  maker.end(new GatewayError('not-signed-in', 'Your account was removed.'));
  expect(link.ended).toBeUndefined();
  heir.end(new GatewayError('not-signed-in', 'Your account was removed.'));
  expect(heard).toEqual(['viewer: share-revoked']);
});

test('ends by the clock, and nothing waits for that while nothing hangs on it', async () => {
  const untilMs = clock.wallMs() + 90_000;
  const link = new Right({ kind: 'link', id: '1', untilMs }, clock);
  expect(clock.waiting).toBe(0);
  link.onEnd(hear('left before'))();
  expect(clock.waiting).toBe(0);
  link.onEnd(hear('viewer'));
  await clock.advance(89_000);
  expect(heard).toEqual([]);
  await clock.advance(1000);
  expect(heard).toEqual(['viewer: share-expired']);
  expect(clock.waiting).toBe(0);
});

test('a clock that is set, or a machine that slept, is seen within a second', async () => {
  const untilMs = clock.wallMs() + 8 * 3600_000;
  const link = new Right({ kind: 'link', id: '1', untilMs }, clock);
  const unseen = new Right({ kind: 'link', id: '2', untilMs }, clock);
  link.onEnd(hear('viewer'));
  await clock.advance(60_000);
  clock.setWall(untilMs + 1);
  expect(unseen.ended?.code).toBe('share-expired');
  await clock.advance(1000);
  expect(heard).toEqual(['viewer: share-expired']);
});
