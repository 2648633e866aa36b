import { expect, test } from 'vitest';
import type { CameraId } from '../../shared/ids.ts';
import { personOf, requireSeat } from './seats.ts';
import { testRight } from './testing/test-right.ts';

const link = testRight('link');
const ada = testRight('session', 'ada');
const bob = testRight('session', 'bob');
const token = testRight('token');
const sits = (camera: string, visit?: string, right = link, address?: string) => ({
  camera: camera as CameraId,
  right,
  ...(visit === undefined ? {} : { visit }),
  ...(address === undefined ? {} : { address }),
});
const many = <One>(count: number, one: (n: number) => One): One[] => Array.from({ length: count }, (_, n) => one(n));

test.each([
  ['one player that changes its way', [sits('door', 'a')], sits('door', 'a'), true],
  ['one visit that opens more and more', [sits('door', 'a'), sits('door', 'a')], sits('door', 'a'), false],
  [
    'the same visit from elsewhere',
    [sits('door', 'a', link, '192.0.2.1')],
    sits('door', 'a', link, '192.0.2.2'),
    false,
  ],
  ['another visit', [sits('door', 'a')], sits('door', 'b'), false],
  ['another camera on the same visit', [sits('door', 'a')], sits('yard', 'a'), false],
  ['players that name no visit', [sits('door')], sits('door'), false],
  ['the first', [], sits('door'), true],
  ['a signed-in browser with another camera', [sits('door', 'a', ada)], sits('yard', 'b', ada), true],
  ['another signed-in browser', [sits('door', 'a', ada)], sits('door', 'a', bob), false],
  ['another player of a page with a token', [sits('door', 'page.a', token)], sits('yard', 'page.b', token), true],
  ['another page with the same token', [sits('door', 'page.a', token)], sits('door', 'other.a', token), false],
  ['a second stream of a recorder', [sits('door', undefined, token)], sits('yard', undefined, token), false],
])('with one seat: %s', (_name, sitting, newcomer, isSeated) => {
  const ask = () => requireSeat(sitting, newcomer, 1);
  if (isSeated) ask();
  else expect(ask).toThrow('1 of 1 people are watching.');
});

test('an administrator with 24 cameras takes one of 16 seats, and everybody else in the house finds one', () => {
  const tiles = many(24, (n) => sits(`camera-${n}`, `a${n}`, ada));
  for (const tile of tiles) requireSeat(tiles, tile, 16);
  requireSeat(tiles, sits('door', 'a', bob), 2);
});

test('one link without a limit takes half of what guests have, and guests leave a quarter to the household', () => {
  const byLink = (id: string, count: number) => {
    const right = testRight('link', id);
    return many(count, (n) => sits('door', `${id}${n}`, right, `192.0.2.${id}${n}`));
  };
  const first = byLink('1', 7);
  requireSeat(first.slice(0, 5), first[5] as never, 16);
  expect(() => requireSeat(first.slice(0, 6), first[6] as never, 16)).toThrow(
    '6 of 6 people are watching by this link.',
  );
  const guests = [...first.slice(0, 6), ...byLink('2', 6)];
  expect(() => requireSeat(guests, sits('door', 'x'), 16)).toThrow('12 of 12 guests are watching.');
  requireSeat(guests, sits('door', 'x', ada), 16);
});

test('a link for more people gets its seats, and one address takes at most half of the guests’ seats with any number of links', () => {
  const capped = (n: number) => ({ ...sits('door', `a${n}`, link, `192.0.2.${n}`), maxViewers: 9 });
  requireSeat(many(8, capped), capped(8), 16);
  const byMany = many(6, (n) => sits('door', 'a', testRight('link', `other ${n}`), '192.0.2.1'));
  expect(() => requireSeat(byMany, sits('door', 'a', link, '::ffff:192.0.2.1'), 16)).toThrow(
    '6 of 6 guests are watching from this address.',
  );
});

test('everything that one person watches has the same name, and nobody else has it', () => {
  const named = (id: string, sitter: ReturnType<typeof sits>) => personOf({ ...sitter, id });
  expect(named('1', sits('door', 'a', ada))).toBe(named('2', sits('yard', 'b', ada)));
  expect(named('1', sits('door', 'a', ada))).not.toBe(named('1', sits('door', 'a', bob)));
  expect(named('1', sits('door', undefined, token))).not.toBe(named('2', sits('door', undefined, token)));
});
