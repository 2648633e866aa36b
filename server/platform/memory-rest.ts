import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Clock, every } from './clock.ts';

const LOOK_EVERY_MS = 5000;
/** Let some seconds pass: whoever reloads a page is back by then, and after them sources have ended. */
const REST_AFTER_MS = 30_000;
/** What is freed while garbage is collected first hears of it on the next turns. */
const SECOND_ROUND_AFTER_MS = 1000;

let gc: (() => void) | undefined;

/** A full collection. It holds everything up for some tens of milliseconds: only for moments in which nobody watches. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  gc ??= runInNewContext('gc') as () => void;
  gc();
}

/**
 * V8 collects while memory is asked for, and the C library keeps what is given back, so that a gateway that served hundreds
 * would hold their memory for as long as nobody comes. This gives it back once nobody watches. Returns what ends the watch.
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

/** Where koffi or glibc is missing, the memory stays with the process, to be used again. */
function trimHeap(): void {
  if (process.platform !== 'linux') return;
  try {
    trim ??= (createRequire(import.meta.url)('koffi') as Koffi).load(null).func('int malloc_trim(size_t pad)');
  } catch {
    trim = () => 0;
  }
  trim(0);
}
