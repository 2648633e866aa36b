import type { SourceAdapter } from '../hub/source.ts';

/** A camera with a second address: each loss makes the next attempt on the other one, beginning with the main one. */
export function alternate(main: SourceAdapter, fallback: SourceAdapter): SourceAdapter {
  let useFallback = false;
  return {
    // What cannot be knocked at is simply tried.
    knock: async (signal) => (useFallback ? fallback : main).knock?.(signal),
    run: async (sink, signal) => {
      const source = useFallback ? fallback : main;
      try {
        await source.run(sink, signal);
      } finally {
        useFallback = signal.aborted ? false : !useFallback;
      }
    },
  };
}
