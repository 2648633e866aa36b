import { open } from 'node:fs/promises';
import { devNull } from 'node:os';
import { type Clock, every } from './clock.ts';
import { reportStray } from './stray-errors.ts';

const LOOK_EVERY_MS = 2000;

/** Without a free descriptor, Node closes new connections without an event, so this checks regularly. Returns a function that stops it. */
export function watchDescriptors(clock: Clock): () => void {
  return every(clock, LOOK_EVERY_MS, () => {
    void open(devNull).then((file) => file.close(), reportStray);
  });
}
