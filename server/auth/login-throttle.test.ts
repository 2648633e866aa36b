import { expect, test } from 'vitest';
import { type AttemptSource, LoginThrottle } from './login-throttle.ts';

/** How many of `count` failing attempts, one every `everyMs`, were checked. */
function heard(throttle: LoginThrottle, source: AttemptSource, count: number, everyMs: number, name = 'owner'): number {
  let attempts = 0;
  for (let n = 0; n < count; n++) if (throttle.attempt(name, source, n * everyMs) === 0) attempts++;
  return attempts;
}

const HOUR_S = 3600;

test('a person who mistypes a few times need not wait', () => {
  expect(heard(new LoginThrottle(), { address: '192.0.2.1' }, 5, 10)).toBe(5);
});

test('in the end, attempts from one address are checked about once a minute', () => {
  const attempts = heard(new LoginThrottle(), { address: '192.0.2.1' }, HOUR_S, 1000);
  expect(attempts).toBeGreaterThan(55);
  expect(attempts).toBeLessThan(75);
});

test('attempts at the same time are counted before their answer is known', () => {
  expect(heard(new LoginThrottle(), { address: '192.0.2.1' }, 1000, 0)).toBe(5);
});

test('one address that tries many names is slowed down as well', () => {
  const throttle = new LoginThrottle();
  let attempts = 0;
  for (let n = 0; n < 1000; n++) if (throttle.attempt(`name-${n}`, { address: '192.0.2.1' }, n) === 0) attempts++;
  expect(attempts).toBe(20);
});

test('a home with IPv6 is one address', () => {
  const throttle = new LoginThrottle();
  let attempts = 0;
  for (let n = 0; n < 100; n++) {
    if (throttle.attempt('owner', { address: `2001:db8:1:2::${n.toString(16)}` }, 0) === 0) attempts++;
  }
  expect(attempts).toBe(5);
  expect(throttle.attempt('owner', { address: '2001:db8:1:3::1' }, 0)).toBe(0);
});

test('while thousands guess, the owner can sign in at once from a new address and from a known browser', () => {
  const throttle = new LoginThrottle();
  for (let n = 0; n < 5000; n++) throttle.attempt('owner', { address: `10.0.${n >> 8}.${n & 255}` }, n);
  expect(throttle.attempt('Owner', { address: '192.0.2.1' }, 5000)).toBe(0);
  expect(throttle.attempt('owner', { address: '10.0.0.1', device: 'laptop' }, 5000)).toBe(0);
});

test('behind a proxy that hides addresses a known browser keeps its own count', () => {
  const throttle = new LoginThrottle();
  heard(throttle, { address: '127.0.0.1' }, 1000, 100);
  expect(throttle.attempt('owner', { address: '127.0.0.1' }, 100_000)).toBeGreaterThan(0);
  expect(throttle.attempt('owner', { address: '127.0.0.1', device: 'laptop' }, 100_000)).toBe(0);
});

test('each stranger gets one free attempt at an account that is under attack', () => {
  const throttle = new LoginThrottle();
  for (let n = 0; n < 60; n++) throttle.attempt('owner', { address: `10.0.0.${n}` }, 0);
  expect(heard(throttle, { address: '192.0.2.1' }, 10, 0)).toBe(1);
});

test('success forgets the failures before it', () => {
  const throttle = new LoginThrottle();
  const source = { address: '192.0.2.1' };
  for (let n = 0; n < 5; n++) throttle.attempt('owner', source, 0);
  throttle.succeeded('owner', source);
  expect(throttle.attempt('owner', source, 0)).toBe(0);
});
