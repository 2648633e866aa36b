import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Clock, every } from './clock.ts';

const LOOK_EVERY_MS = 5000;
/** By then a viewer who reloads a page is back, and sources without viewers have ended. */
const REST_AFTER_MS = 30_000;
/** Objects that are freed by a finalizer need a few turns of the event loop before a second collection finds their memory. */
const SECOND_ROUND_AFTER_MS = 1000;

let gc: (() => void) | undefined;

/** Does a full collection. It blocks the process for some tens of milliseconds, so it is only used while nobody watches. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  gc ??= runInNewContext('gc') as () => void;
  gc();
}

/**
 * V8 only collects garbage while memory is allocated, and the C library keeps freed memory, so a gateway that served hundreds
 * of viewers would keep their memory for as long as nobody comes. This returns the memory to the system once nobody watches.
 * The returned function stops that.
 */
export function giveMemoryBack(isBusy: () => boolean, clock: Clock): () => void {
  let wasBusy = false;
  let restsSinceUs: number | undefined;
  return every(clock, LOOK_EVERY_MS, () => {
    if (isBusy()) {
      wasBusy = true;
      restsSinceUs = undefined;
      return;
    }
    restsSinceUs ??= clock.nowUs();
    if (!wasBusy || clock.nowUs() - restsSinceUs < REST_AFTER_MS * 1000) return;
    wasBusy = false;
    collectGarbage();
    clock.after(SECOND_ROUND_AFTER_MS, () => {
      if (isBusy()) return;
      collectGarbage();
      trimHeap();
    });
  });
}

type Koffi = { load(name: null): { func(prototype: string): (pad: number) => number } };
let trim: ((pad: number) => number) | undefined;

/** Without koffi or glibc the process keeps the memory and uses it again. */
function trimHeap(): void {
  if (process.platform !== 'linux') return;
  try {
    trim ??= (createRequire(import.meta.url)('koffi') as Koffi).load(null).func('int malloc_trim(size_t pad)');
  } catch {
    trim = () => 0;
  }
  trim(0);
}
