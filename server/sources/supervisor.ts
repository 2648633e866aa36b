import type { Logger } from 'pino';
import { type ErrorCode, isFinal } from '../../shared/error-code.ts';
import type { SourceRunner } from '../hub/hub.ts';
import type { SourceAdapter, SourceSink } from '../hub/source.ts';
import type { StreamSink } from '../hub/stream.ts';
import type { Clock } from '../platform/clock.ts';
import { asGatewayError, GatewayError } from '../platform/errors.ts';

export type RetryPolicy = {
  readonly firstMs: number;
  readonly maxMs: number;
  /** 0: for ever */
  readonly maxAttempts: number;
  /** A connection without a picture for this long is given up. */
  readonly stallMs: number;
  /** A connection that lived this long starts the waiting times from the beginning. */
  readonly healthyMs: number;
};

export const DEFAULT_RETRY: RetryPolicy = {
  firstMs: 500,
  maxMs: 30_000,
  maxAttempts: 0,
  stallMs: 10_000,
  healthyMs: 60_000,
};

/** Waiting time before attempt `n` (from 1): doubles up to the limit, give or take a fifth, so that cameras behind one switch do not dial in step. */
export function backoffMs(policy: RetryPolicy, attempt: number, random: number): number {
  const base = Math.min(policy.firstMs * 2 ** (attempt - 1), policy.maxMs);
  return Math.round(base * (0.8 + 0.4 * random));
}

/** Asking again soon would only disturb: somebody has to switch the camera on, or another viewer of it has to leave. */
const PATIENT: ReadonlySet<ErrorCode> = new Set(['camera-off', 'no-free-session']);
const PATIENT_MS = 15_000;

/** The one place that tries again. A final error (a wrong password) waits for a person: `retryNow`. */
export function supervise(source: SourceAdapter, policy: RetryPolicy, clock: Clock, log: Logger): SourceRunner {
  let wake: (() => void) | undefined;

  let waitsForPerson = false;

  const run = async (sink: StreamSink, signal: AbortSignal): Promise<void> => {
    let attempt = 0;
    while (!signal.aborted) {
      const startedUs = clock.nowUs();
      const error = await attemptOnce(source, sink, policy, clock, signal);
      if (signal.aborted || !error) return;
      if (clock.nowUs() - startedUs > policy.healthyMs * 1000) attempt = 0;
      attempt++;
      waitsForPerson = isFinal(error.code);
      const givesUp = waitsForPerson || (policy.maxAttempts > 0 && attempt >= policy.maxAttempts);
      const delayMs = givesUp ? undefined : delayAfter(error.code, policy, attempt);
      log.warn({ code: error.code, reason: error.message, delayMs, attempt }, 'camera lost');
      sink.lost(error, delayMs === undefined ? undefined : clock.wallMs() + delayMs);
      if (await pause(delayMs, signal)) attempt = 0;
    }
  };

  /** Waits for the time to pass, a call of `retryNow` (true) or the end. */
  const pause = (delayMs: number | undefined, signal: AbortSignal): Promise<boolean> =>
    new Promise((resolve) => {
      let cancel = (): void => {};
      const finish = (asked: boolean): void => {
        cancel();
        wake = undefined;
        signal.removeEventListener('abort', onAbort);
        resolve(asked);
      };
      const onAbort = (): void => finish(false);
      signal.addEventListener('abort', onAbort, { once: true });
      if (delayMs !== undefined) cancel = clock.after(delayMs, () => finish(false));
      wake = () => finish(true);
    });

  const retryNow: SourceRunner['retryNow'] = (because) => {
    if (because === 'person-asked' || !waitsForPerson) wake?.();
  };
  return { run, retryNow };
}

function delayAfter(code: ErrorCode, policy: RetryPolicy, attempt: number): number {
  const delayMs = backoffMs(policy, attempt, Math.random());
  return PATIENT.has(code) ? Math.max(delayMs, PATIENT_MS) : delayMs;
}

/** One connection from dial to loss; undefined when it ended because `signal` aborted. */
async function attemptOnce(
  source: SourceAdapter,
  sink: SourceSink,
  policy: RetryPolicy,
  clock: Clock,
  signal: AbortSignal,
): Promise<GatewayError | undefined> {
  const attempt = new AbortController();
  const onAbort = (): void => attempt.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  let stalled = false;
  let lastUs = 0;
  let cancelWatch = (): void => {};
  const watch = (): void => {
    cancelWatch = clock.after(policy.stallMs / 4, () => {
      if (clock.nowUs() - lastUs > policy.stallMs * 1000) {
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
      if (lastUs === 0 || kinds[unit.track] === 'video') lastUs = unit.receivedUs;
      sink.publish(unit);
    },
  };
  try {
    await source.run(watched, attempt.signal);
    if (signal.aborted) return undefined;
    if (stalled) return new GatewayError('stalled', `The camera sent no picture for ${policy.stallMs / 1000} s.`);
    return new GatewayError('camera-closed', 'The camera ended the stream.');
  } catch (error) {
    if (stalled)
      return new GatewayError('stalled', `The camera sent no picture for ${policy.stallMs / 1000} s.`, {
        cause: error,
      });
    return asGatewayError(error);
  } finally {
    cancelWatch();
    signal.removeEventListener('abort', onAbort);
  }
}
