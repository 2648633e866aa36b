import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadSecretBox, type SecretBox } from '../platform/secrets.ts';
import { createStore, type Store } from './store.ts';

const STORE_FILE = 'oriel.sqlite';
const KEY_FILE = 'oriel.key';

/** Opens, or makes, the folder that holds all that a gateway keeps. A backup needs both of its files. */
export function openDataFolder(folder: string): { store: Store; secrets: SecretBox } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const secrets = loadSecretBox(join(folder, KEY_FILE));
  return { store: createStore({ file: join(folder, STORE_FILE), secrets }), secrets };
}
