import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Right } from '../hub/right.ts';
import { GatewayError } from '../platform/errors.ts';
import { SecretBox } from '../platform/secrets.ts';
import { TestClock } from '../platform/testing/test-clock.ts';
import { createStore, type Store } from '../store/store.ts';
import type { User } from '../store/users.ts';
import { type Auth, createAuth } from './auth.ts';
import { hashPassword } from './passwords.ts';
import { hashToken } from './token.ts';

const CHEAP = { logN: 10, r: 8, p: 1 };
const HOME = { address: '192.0.2.1' };
const REASON = new GatewayError('not-signed-in', 'Your account was changed. Sign in again.');
const DAY_MS = 24 * 3600_000;
let clock: TestClock;
let store: Store;
let auth: Auth;

beforeEach(() => {
  const secrets = new SecretBox(Buffer.alloc(32, 1));
  clock = new TestClock();
  store = createStore({ file: ':memory:', secrets });
  auth = createAuth({ store, secrets, clock, tokens: [] });
});
afterEach(() => store.close());

async function addAnna(): Promise<User> {
  const passwordHash = await hashPassword('old', CHEAP);
  return store.users.add({ name: 'anna', role: 'admin', cameras: 'all', passwordHash }, 0);
}

describe('a sign-in during which the password changes', () => {
  test.each([
    ['in a browser', () => auth.signIns.byPassword('anna', 'old', HOME, () => {})],
    ['over RTSP', () => auth.signIns.checkPassword('anna', 'old', HOME.address)],
  ])('is none: %s', async (_name, signIn) => {
    const { id } = await addAnna();
    const passwordHash = await hashPassword('new', CHEAP);
    const underWay = signIn();
    auth.signIns.signOut(id, REASON, () => store.users.update(id, { passwordHash }));
    await expect(underWay).rejects.toMatchObject({ code: 'not-signed-in' });
    expect(store.sessions.list(id)).toEqual([]);
  });
});

test('a new password uses up the links that would have signed the person in', async () => {
  const anna = await addAnna();
  const link = auth.signIns.createLink(anna);
  store.users.update(anna.id, { passwordHash: 'another' });
  expect(() => auth.signIns.byLink(link, HOME)).toThrow(expect.objectContaining({ code: 'not-signed-in' }));
});

test('a link that another process made is valid until its time is over', async () => {
  const anna = await addAnna();
  const [first, second] = ['first', 'second'].map((link) => {
    return () => store.signInLinks.add(anna.id, hashToken(link), clock.wallMs() + 1000);
  }) as [() => void, () => void];
  first();
  expect(auth.signIns.byLink('first', HOME).principal.who).toBe('anna');
  second();
  await clock.advance(1000);
  expect(() => auth.signIns.byLink('second', HOME)).toThrow(expect.objectContaining({ code: 'not-signed-in' }));
});

describe('when the clock is set', () => {
  test('the first link of a machine that began in 1970 signs its owner in, for a day and not longer', async () => {
    clock.setWall(5000);
    const [first, later] = [auth.signIns.createFirstLink() ?? '', () => auth.signIns.createFirstLink() ?? ''];
    clock.setWall(1_800_000_000_000);
    expect(auth.signIns.byLink(first, HOME).principal.who).toBe('owner');
    const second = later();
    clock.setWall(clock.wallMs() - 30 * DAY_MS);
    await clock.advance(DAY_MS);
    expect(() => auth.signIns.byLink(second, HOME)).toThrow(expect.objectContaining({ code: 'not-signed-in' }));
  });

  test('back by a day, nobody has to wait longer than the throttle’s own pause', async () => {
    await addAnna();
    const guess = async (): Promise<number> => {
      let waitMs = 0;
      await auth.signIns.byPassword('anna', 'wrong', HOME, (ms) => (waitMs = ms)).catch(() => undefined);
      return waitMs;
    };
    for (let n = 0; n < 8; n++) {
      await guess();
      await clock.advance(1000);
    }
    clock.setWall(clock.wallMs() - DAY_MS);
    expect(await guess()).toBeLessThanOrEqual(60_000);
    await clock.advance(60_000);
    expect(await guess()).toBe(0);
  });
});

test('a browser stays signed in for 30 days without use and for 90 at most', async () => {
  await addAnna();
  const signIn = async () => (await auth.signIns.byPassword('anna', 'old', HOME, () => {})).token;
  const who = (session: string) => auth.identify({ session }, HOME.address)?.who;
  const unused = await signIn();
  clock.setWall(clock.wallMs() + 31 * DAY_MS);
  expect(who(unused)).toBeUndefined();
  const used = await signIn();
  for (let day = 0; day < 89; day++) {
    clock.setWall(clock.wallMs() + DAY_MS);
    expect(who(used)).toBe('anna');
  }
  const { right } = auth.identify({ session: used }, HOME.address) as { right: Right };
  clock.setWall(clock.wallMs() + DAY_MS);
  expect([right.ended?.code, who(used)]).toEqual(['not-signed-in', undefined]);
});

test('the password is asked for again a quarter of an hour after it was given, where a person can be asked', async () => {
  await addAnna();
  const { principal } = await auth.signIns.byPassword('anna', 'old', HOME, () => {});
  const ask = () => auth.signIns.requireRecent(principal);
  ask();
  await clock.advance(15 * 60_000);
  expect(ask).toThrow(expect.objectContaining({ code: 'confirm-password' }));
  await expect(auth.signIns.confirmSession(principal, 'wrong', HOME, () => {})).rejects.toMatchObject({
    code: 'not-allowed',
  });
  expect(ask).toThrow(expect.objectContaining({ code: 'confirm-password' }));
  await auth.signIns.confirmSession(principal, 'old', HOME, () => {});
  ask();
});
