import { beforeEach, describe, expect, test } from 'vitest';
import type { CameraId } from '../../shared/ids.ts';
import type { GatewayError } from '../platform/errors.ts';
import { TestClock } from '../platform/testing/test-clock.ts';
import { Hub, type Watch } from './hub.ts';
import { testRight } from './testing/test-right.ts';

const DOOR = 'door' as CameraId;
let clock: TestClock;
let hub: Hub;
let link: ReturnType<typeof testRight>;
let ends: string[];

beforeEach(() => {
  clock = new TestClock();
  const runner = { run: (_sink: unknown, signal: AbortSignal) => aborted(signal), retryNow: () => false };
  const catalog = { has: () => true, hasSubstream: () => false, createRunner: () => runner };
  hub = new Hub(catalog, clock, { maxViewers: 100, lingerMs: 0 });
  link = testRight('link');
  ends = [];
});

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Watches with a link for `maxViewers` people. */
function watch(name: string, who: { visit?: string; address?: string }, maxViewers = 1): Watch {
  const end = ({ code }: GatewayError): void => void ends.push(`${name} ${code}`);
  const aliveUntilUs = (nowUs: number): number => nowUs + 1_000_000;
  return hub.watch(DOOR, 'main', { kind: 'mp4', who: 'Guest', right: link, maxViewers, aliveUntilUs, ...who, end });
}

const still = (address: string, maxViewers = 1) => hub.requireStill(DOOR, { right: link, address, maxViewers });
const FULL = expect.objectContaining({ code: 'too-many-viewers' });

describe('two streams of one visit', () => {
  test('count as one player while it changes its transport', async () => {
    const old = watch('old', { visit: 'a', address: '192.0.2.1' });
    const next = watch('new', { visit: 'a', address: '::ffff:192.0.2.1' });
    await clock.advance(5000);
    old.close();
    await clock.advance(60_000);
    expect([ends, hub.viewers().map(({ id }) => id)]).toEqual([[], [next.viewer.id]]);
    expect(() => watch('third', { visit: 'b', address: '192.0.2.1' })).toThrow(FULL);
  });

  test('count as two players when both stay; the second then has no seat and cannot try again', async () => {
    watch('first', { visit: 'a', address: '192.0.2.1' });
    watch('second', { visit: 'a', address: '192.0.2.1' });
    await clock.advance(20_000);
    expect(ends).toEqual(['second too-many-viewers']);
    expect(() => watch('second', { visit: 'a', address: '192.0.2.1' })).toThrow('1 of 1 viewers of this link');
  });

  test('from two addresses are two people at once', () => {
    watch('first', { visit: 'a', address: '192.0.2.1' });
    expect(() => watch('second', { visit: 'a', address: '192.0.2.2' })).toThrow(FULL);
  });

  test('may both stay when there are seats for both', async () => {
    watch('first', { visit: 'a' }, 2);
    watch('second', { visit: 'a' }, 2);
    await clock.advance(60_000);
    expect(ends).toEqual([]);
    expect(() => watch('third', { visit: 'b' }, 2)).toThrow('2 of 2 viewers of this link');
  });
});

describe('stills', () => {
  test('hold a seat from one still to the next, one per person however many they fetch', async () => {
    for (let n = 0; n < 20; n++) still('192.0.2.1');
    expect(() => still('192.0.2.2')).toThrow('1 of 1 viewers of this link');
    expect(() => watch('player', { address: '192.0.2.2' })).toThrow(FULL);
    await clock.advance(10_000);
    still('192.0.2.2');
    expect(() => still('192.0.2.1')).toThrow(FULL);
  });

  test('need no seat beside the player of the same person', () => {
    watch('player', { visit: 'a', address: '192.0.2.1' });
    still('192.0.2.1');
    expect(() => still('192.0.2.2')).toThrow(FULL);
  });

  test('are refused after a kick, and by a right that has ended', () => {
    const player = watch('player', { address: '192.0.2.1' });
    hub.kick(player.viewer);
    expect(() => still('192.0.2.1')).toThrow(expect.objectContaining({ code: 'view-ended' }));
  });
});

test('each player without a visit counts as a person, and other links are not affected', () => {
  watch('rtsp', { address: '192.0.2.1' }, 2);
  watch('other', { address: '192.0.2.1' }, 2);
  expect(() => watch('third', { address: '192.0.2.1' }, 2)).toThrow(FULL);
  link = testRight('link', '2');
  watch('fourth', { address: '192.0.2.1' }, 2);
});
