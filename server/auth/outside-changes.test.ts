import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { SecretBox } from '../platform/secrets.ts';
import { createStore, type Store } from '../store/store.ts';
import { watchOutsideChanges } from './outside-changes.ts';
import { Revocations } from './revocations.ts';

let folder: string;
let ours: Store;
let theirs: Store;
let look: () => void;
let revoked: (readonly string[])[];
let stop: () => void;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oriel-outside-'));
  const options = { file: join(folder, 'store.sqlite'), secrets: new SecretBox(Buffer.alloc(32, 1)) };
  ours = createStore(options);
  theirs = createStore(options);
  revoked = [];
  const revocations = new Revocations();
  revocations.on('revoked', (grants) => revoked.push(grants));
  const clock = {
    ...systemClock,
    after: (_ms: number, callback: () => void) => {
      look = callback;
      return () => {
        look = () => {};
      };
    },
  };
  stop = watchOutsideChanges({ store: ours, revocations, clock });
});
afterEach(() => {
  stop();
  ours.close();
  theirs.close();
  rmSync(folder, { recursive: true });
});

const person = (name: string) => ({ name, role: 'viewer', cameras: 'all', passwordHash: 'x' }) as const;

test('an account that another process removes or changes loses what it has open, others do not', () => {
  const [anna, bert, carl] = ['Anna', 'Bert', 'Carl'].map((name) => ours.users.add(person(name), 0));
  ours.users.add({ ...person('Owner'), role: 'admin' }, 0);
  const session = ours.sessions.add({ userId: bert?.id ?? '' }, 'hash', 0);
  look();
  theirs.users.remove(anna?.id ?? '');
  theirs.users.update(bert?.id ?? '', { passwordHash: 'y' });
  theirs.sessions.removeOthers(bert?.id ?? '', undefined);
  look();
  expect(revoked.map((grants) => [...grants].sort())).toEqual([
    [`session:${session.id}`, `user:${anna?.id}`, `user:${bert?.id}`].sort(),
  ]);
  look();
  expect(revoked).toHaveLength(1);
  expect(ours.users.get(carl?.id ?? '')).toBeDefined();
});

test('what the gateway itself changes is not taken for the doing of another', () => {
  const anna = ours.users.add(person('Anna'), 0);
  look();
  ours.users.update(anna.id, { passwordHash: 'z' });
  look();
  theirs.users.add(person('Bert'), 0);
  look();
  expect(revoked).toEqual([]);
});
