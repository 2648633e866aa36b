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

test('everything that depends on it is told once when it ends, and later dependents are told at once', () => {
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

test('an error of one dependent does not affect the others', () => {
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

test('ends with the right that it was made by, whether or not anything depends on it', () => {
  const account = new Right({ kind: 'account', id: '1' }, clock);
  const watched = new Right({ kind: 'session', id: '1', maker: account }, clock);
  const idle = new Right({ kind: 'link', id: '2', maker: account, reasonWithMaker: REASON }, clock);
  watched.onEnd(hear('session'));
  account.end(new GatewayError('not-signed-in', 'Your account was removed.'));
  expect(heard).toEqual(['session: not-signed-in']);
  expect(idle.ended).toBe(REASON);
});

test('a right that was given to another account outlives its maker and ends with that account', () => {
  const [maker, heir] = ['1', '2'].map((id) => new Right({ kind: 'account', id }, clock)) as [Right, Right];
  const link = new Right({ kind: 'link', id: '1', maker, reasonWithMaker: REASON }, clock);
  link.onEnd(hear('viewer'));
  link.handTo(heir);
  maker.end(new GatewayError('not-signed-in', 'Your account was removed.'));
  expect(link.ended).toBeUndefined();
  heir.end(new GatewayError('not-signed-in', 'Your account was removed.'));
  expect(heard).toEqual(['viewer: share-revoked']);
});

test('ends at its time, and no timer runs while nothing depends on it', async () => {
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

test('a changed clock or a machine that slept is noticed within a second', async () => {
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
