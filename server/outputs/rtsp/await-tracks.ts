import type { Watch } from '../../hub/hub.ts';
import type { TrackInfo } from '../../media/access-unit.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';

/** RTSP clients give up after 10 to 30 s. */
const PATIENCE_MS = 9000;
/** Parameter sets stand in the SDP where the camera gives them in time; otherwise its key frames bring them. */
const PARAMETER_SETS_PATIENCE_MS = 3000;

/** The tracks of a stream that may only be starting. Rejects when the camera is offline for good or takes too long, or on abort. */
export function awaitTracks(watch: Watch, clock: Clock, signal: AbortSignal): Promise<readonly TrackInfo[]> {
  return new Promise((resolve, reject) => {
    let known: readonly TrackInfo[] = [];
    let cancelShort: (() => void) | undefined;
    let isDone = false;
    const finish = (settle: () => void): void => {
      if (isDone) return;
      isDone = true;
      cancelLong();
      cancelShort?.();
      signal.removeEventListener('abort', onAbort);
      // A subscription may end while it is still being made.
      queueMicrotask(() => subscription.close());
      settle();
    };
    const onAbort = (): void => finish(() => reject(new GatewayError('viewer-lost', 'The reader went away.')));
    signal.addEventListener('abort', onAbort);
    const cancelLong = clock.after(PATIENCE_MS, () => finish(() => reject(whyNot(watch))));
    const subscription = watch.subscribe(
      {
        tracks: (tracks) => {
          if (tracks.length === 0 || isDone) return;
          known = tracks;
          if (isComplete(tracks)) finish(() => resolve(tracks));
          else cancelShort ??= clock.after(PARAMETER_SETS_PATIENCE_MS, () => finish(() => resolve(known)));
        },
        unit: () => true,
        state: (state) => {
          const isFinal = state.phase === 'offline' && state.retryAtMs === undefined && state.step === undefined;
          if (isFinal) finish(() => reject(whyNot(watch)));
        },
        ended: (error) => finish(() => reject(error)),
      },
      { replay: false },
    );
  });
}

function isComplete(tracks: readonly TrackInfo[]): boolean {
  return tracks.every((track) => track.kind === 'audio' || track.parameterSets.length > 0);
}

function whyNot({ stream: { state } }: Watch): GatewayError {
  if (state.phase === 'offline') return new GatewayError(state.code, state.message);
  return new GatewayError('timeout', 'The camera did not send a picture in time. Check that it is on, and try again.');
}
