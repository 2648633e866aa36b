import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Right } from '../hub/right.ts';
import { SecretBox } from '../platform/secrets.ts';
import { TestClock } from '../platform/testing/test-clock.ts';
import { createStore, type Store } from '../store/store.ts';
import { type Auth, createAuth } from './auth.ts';
import { watchOutsideChanges } from './outside-changes.ts';
import { createToken, hashToken } from './token.ts';

let folder: string;
let ours: Store;
let theirs: Store;
let clock: TestClock;
let auth: Auth;
let stop: () => void;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oriel-outside-'));
  const secrets = new SecretBox(Buffer.alloc(32, 1));
  const options = { file: join(folder, 'store.sqlite'), secrets };
  ours = createStore(options);
  theirs = createStore(options);
  clock = new TestClock();
  auth = createAuth({ store: ours, secrets, clock, tokens: [] });
  stop = watchOutsideChanges({ store: ours, rights: auth.rights, clock });
});
afterEach(() => {
  stop();
  ours.close();
  theirs.close();
  rmSync(folder, { recursive: true });
});

/** A principal that is signed in. */
function person(name: string): { readonly id: string; readonly session: Right } {
  const { id } = ours.users.add({ name, role: 'viewer', cameras: 'all', passwordHash: 'x' }, 0);
  const token = createToken('session');
  ours.sessions.add({ userId: id }, 'x', hashToken(token), clock.wallMs());
  const principal = auth.identify({ session: token }, '192.0.2.1');
  if (!principal) throw new Error('The session does not sign in.');
  return { id, session: principal.right };
}

test('when another process removes or changes an account, everything it has open ends, and other accounts are not affected', async () => {
  ours.users.add({ name: 'Owner', role: 'admin', cameras: 'all', passwordHash: 'x' }, 0);
  const [anna, bert, carl] = ['Anna', 'Bert', 'Carl'].map(person) as [
    ReturnType<typeof person>,
    ReturnType<typeof person>,
    ReturnType<typeof person>,
  ];
  theirs.users.remove(anna.id, 1);
  theirs.users.update(bert.id, { passwordHash: 'y' });
  await clock.advance(1000);
  expect([anna, bert, carl].map(({ session }) => session.ended?.message)).toEqual([
    'Your account was removed.',
    'You were signed out.',
    undefined,
  ]);
});

test('a link and a token that another process revokes end as well', async () => {
  const [link, token] = [createToken('share'), createToken('api')];
  const description = { camera: 'door', label: 'Guest', createdBy: 'Anna', audio: false, quality: 'main' } as const;
  const share = ours.shares.add(description, hashToken(link), 0);
  const made = ours.tokens.add({ name: 'robot', role: 'viewer', cameras: 'all', createdBy: 'A' }, hashToken(token), 0);
  const [guest, robot] = [auth.identifyToken(link), auth.identifyToken(token)];
  theirs.shares.revoke(share.id, 1);
  theirs.tokens.remove(made.id, 1);
  await clock.advance(1000);
  expect([guest.right.ended?.code, robot.right.ended?.code]).toEqual(['share-revoked', 'not-signed-in']);
});

test('changes by the gateway itself are not treated as changes by another process', async () => {
  const anna = person('Anna');
  await clock.advance(1000);
  ours.users.update(anna.id, { name: 'Anne' });
  await clock.advance(1000);
  expect(anna.session.ended).toBeUndefined();
});
