import { beforeEach, expect, test } from 'vitest';
import { GatewayError } from '../platform/errors.ts';
import { TestClock } from '../platform/testing/test-clock.ts';
import { Rights } from './rights.ts';

const LINK = { kind: 'link', id: '1' } as const;
const TAKEN_BACK = new GatewayError('share-revoked', 'This link was taken back.');
let clock: TestClock;
let rights: Rights;

beforeEach(() => {
  clock = new TestClock();
  rights = new Rights(clock);
});

test('everybody who uses a right holds the same object, and after its end there is a new one', () => {
  const first = rights.of(LINK, () => ({}));
  expect(rights.of(LINK, () => ({}))).toBe(first);
  expect(rights.of({ ...LINK, kind: 'token' }, () => ({}))).not.toBe(first);
  rights.end([LINK], TAKEN_BACK);
  expect(first.ended).toBe(TAKEN_BACK);
  expect(rights.find(LINK)).toBeUndefined();
  expect(rights.of(LINK, () => ({})).ended).toBeUndefined();
});

test('a revoked right ends before that is stored, and stays refused if storing fails', () => {
  const held = rights.of(LINK, () => ({}));
  const seen: unknown[] = [];
  const diskIsFull = () => {
    seen.push(held.ended);
    throw new Error('database or disk is full');
  };
  expect(() => rights.revoke([LINK], TAKEN_BACK, diskIsFull)).toThrow('full');
  expect(seen).toEqual([TAKEN_BACK]);
  expect(() => rights.of(LINK, () => ({}))).toThrow(TAKEN_BACK);
  rights.revoke([LINK], TAKEN_BACK, () => undefined);
  // It is stored now, and from here on the store decides.
  expect(rights.of(LINK, () => ({})).ended).toBeUndefined();
});

test('a review ends rights that the store does not have any more, and no others', () => {
  let known = true;
  const check = () => (known ? undefined : TAKEN_BACK);
  const [held, other] = [rights.of(LINK, () => ({ check })), rights.of({ kind: 'link', id: '2' }, () => ({}))];
  rights.review();
  expect(held.ended).toBeUndefined();
  known = false;
  rights.review();
  expect([held.ended, other.ended]).toEqual([TAKEN_BACK, undefined]);
});
