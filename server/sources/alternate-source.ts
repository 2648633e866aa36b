import { isFinal } from '../../shared/error-code.ts';
import type { SourceAdapter, SourceSink } from '../hub/source.ts';
import { asGatewayError } from '../platform/errors.ts';

/**
 * A camera with a second address. Where one cannot be reached the other is tried at once, so that the camera counts as gone only
 * when both are; a loss later on makes the next attempt on the other one. The main address comes first. What only a person can
 * mend (a wrong password) is said at once and not repeated.
 */
export function alternate(main: SourceAdapter, fallback: SourceAdapter): SourceAdapter {
  let useFallback = false;
  return {
    // What cannot be knocked at is simply tried.
    knock: async (signal) => (useFallback ? fallback : main).knock?.(signal),
    run: async (sink, signal) => {
      const [first, second] = useFallback ? [fallback, main] : [main, fallback];
      let hasPicture = false;
      const watched: SourceSink = {
        tracks: (tracks) => sink.tracks(tracks),
        step: (step) => sink.step(step),
        publish: (unit) => {
          hasPicture = true;
          sink.publish(unit);
        },
      };
      try {
        await first.run(watched, signal);
      } catch (error) {
        if (hasPicture || signal.aborted || isFinal(asGatewayError(error).code)) throw error;
        useFallback = !useFallback;
        await second.run(sink, signal);
      } finally {
        useFallback = signal.aborted ? false : !useFallback;
      }
    },
  };
}
