import type { SourceAdapter, SourceSink } from '../hub/source.ts';
import type { Clock } from '../platform/clock.ts';
import { asGatewayError, GatewayError } from '../platform/errors.ts';

/** How a connection ended, and for how long it had shown pictures, if it had. */
export type Loss = { readonly error: GatewayError; readonly shownMs?: number };

/** One connection from dial to loss; undefined when it ended because `signal` aborted. */
export async function attemptOnce(
  source: SourceAdapter,
  sink: SourceSink,
  stallMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Loss | undefined> {
  const attempt = new AbortController();
  const onAbort = (): void => attempt.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  let stalled = false;
  let lastUs = 0;
  let firstPictureUs: number | undefined;
  let cancelWatch = (): void => {};
  const watch = (): void => {
    cancelWatch = clock.after(stallMs / 4, () => {
      if (clock.nowUs() - lastUs > stallMs * 1000) {
        stalled = true;
        attempt.abort();
      } else watch();
    });
  };
  let kinds: readonly string[] = [];
  const watched: SourceSink = {
    tracks: (tracks) => {
      const hasVideo = tracks.some((track) => track.kind === 'video');
      kinds = tracks.map((track) => (hasVideo ? track.kind : 'video')); // Without a picture, sound is the sign of life.
      sink.tracks(tracks);
    },
    step: (step) => {
      if (step.startsWith('waiting') && lastUs === 0) {
        lastUs = clock.nowUs();
        watch();
      }
      sink.step(step);
    },
    publish: (unit) => {
      if (lastUs === 0) watch();
      const isSignOfLife = kinds[unit.track] === 'video';
      if (lastUs === 0 || isSignOfLife) lastUs = unit.receivedUs;
      if (isSignOfLife) firstPictureUs ??= unit.receivedUs;
      sink.publish(unit);
    },
  };
  const lost = (error: GatewayError): Loss =>
    firstPictureUs === undefined ? { error } : { error, shownMs: (lastUs - firstPictureUs) / 1000 };
  const silence = (options?: ErrorOptions): GatewayError =>
    new GatewayError('stalled', `The camera sent no picture for ${stallMs / 1000} s.`, options);
  try {
    await source.run(watched, attempt.signal);
    if (signal.aborted) return undefined;
    return lost(stalled ? silence() : new GatewayError('camera-closed', 'The camera ended the stream.'));
  } catch (error) {
    return lost(stalled ? silence({ cause: error }) : asGatewayError(error));
  } finally {
    cancelWatch();
    signal.removeEventListener('abort', onAbort);
  }
}
