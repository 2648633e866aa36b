import type { Logger } from 'pino';
import { type ErrorCode, isFinal } from '../../shared/error-code.ts';
import type { SourceRunner } from '../hub/hub.ts';
import type { SourceAdapter } from '../hub/source.ts';
import type { StreamSink } from '../hub/stream.ts';
import type { Clock } from '../platform/clock.ts';
import type { GatewayError } from '../platform/errors.ts';
import { settleWithin } from '../platform/wait.ts';
import { attemptOnce } from './attempt.ts';
import { KNOCK_EVERY_MS, type Knock, knockOn, watchForReturn } from './knock.ts';

export type RetryPolicy = {
  readonly firstMs: number;
  readonly maxMs: number;
  /** 0: for ever */
  readonly maxAttempts: number;
  /** A connection without a picture for this long is given up. */
  readonly stallMs: number;
  /** A connection that showed pictures for this long starts the waiting times from the beginning. */
  readonly healthyMs: number;
  /** This long after a loss the camera is asked again soon: `soonMs`, or `firstMs` where that is longer, is the longest wait. */
  readonly soonForMs: number;
  readonly soonMs: number;
};

export const DEFAULT_RETRY: RetryPolicy = {
  firstMs: 500,
  maxMs: 30_000,
  maxAttempts: 0,
  stallMs: 10_000,
  healthyMs: 3000,
  soonForMs: 5 * 60_000,
  soonMs: 5000,
};

/** Waiting time before attempt `n` (from 1): doubles up to the limit, give or take a fifth, so that cameras behind one switch do not dial in step. */
export function backoffMs(policy: RetryPolicy, attempt: number, random: number): number {
  const base = Math.min(policy.firstMs * 2 ** (attempt - 1), policy.maxMs);
  return Math.round(base * (0.8 + 0.4 * random));
}

/** Asking again soon would only disturb: somebody has to switch the camera on, or another viewer of it has to leave. */
const PATIENT: ReadonlySet<ErrorCode> = new Set(['camera-off', 'no-free-session']);
const PATIENT_MS = 15_000;
/** A camera whose picture was just there is asked again so soon, while it may be restarting. */
const JUST_SEEN_MS = 1000;

/**
 * The one place that tries again. A final error (a wrong password) waits for a person: `retryNow`. Soon after a loss the camera
 * is probably restarting: it is knocked at before anything is asked of it, and asked at once when it listens again.
 */
export function supervise(source: SourceAdapter, policy: RetryPolicy, clock: Clock, log: Logger): SourceRunner {
  const knockAtSource = source.knock?.bind(source);
  let wake: (() => void) | undefined;
  let waitsForPerson = false;

  const run = async (sink: StreamSink, signal: AbortSignal): Promise<void> => {
    let attempt = 0;
    let soonUntilUs = 0;
    let woken: Woken = 'asked';
    let knock: Knock | undefined;
    let lastCode: ErrorCode | undefined;
    while (!signal.aborted) {
      const absence = knock && woken === 'due' ? await knockOn(knock, signal) : undefined;
      if (signal.aborted) return;
      const loss = absence ? { error: absence } : await attemptOnce(source, sink, policy.stallMs, clock, signal);
      if (signal.aborted || !loss) return;
      const { error, shownMs } = loss;
      if (shownMs !== undefined && shownMs >= policy.healthyMs) attempt = 0;
      if (attempt === 0) soonUntilUs = clock.nowUs() + policy.soonForMs * 1000;
      attempt++;
      waitsForPerson = isFinal(error.code);
      const givesUp = waitsForPerson || (policy.maxAttempts > 0 && attempt >= policy.maxAttempts);
      const isSoon = clock.nowUs() < soonUntilUs;
      const longestMs = shownMs === undefined ? policy.soonMs : JUST_SEEN_MS;
      const delayMs = givesUp
        ? undefined
        : delayAfter(error.code, policy, attempt, isSoon ? longestMs : Number.POSITIVE_INFINITY);
      // A camera that stays away is asked often at first, and need not be told each time.
      const level = error.code === lastCode && isSoon && !givesUp ? 'debug' : 'warn';
      log[level]({ code: error.code, reason: error.message, delayMs, attempt }, 'camera lost');
      lastCode = shownMs === undefined ? error.code : undefined;
      sink.lost(error, delayMs === undefined ? undefined : clock.wallMs() + delayMs);
      knock = isSoon && !givesUp && !PATIENT.has(error.code) ? knockAtSource : undefined;
      woken = await pause(delayMs, signal, knock, absence !== undefined || isAbsence(error));
      if (woken === 'asked') attempt = 0;
    }
  };

  /** Waits for the time to pass, the camera to listen again, a call of `retryNow` or the end. */
  const pause = (
    delayMs: number | undefined,
    signal: AbortSignal,
    knock: Knock | undefined,
    isAbsent: boolean,
  ): Promise<Woken> =>
    settleWithin<Woken>({
      clock,
      timeoutMs: delayMs,
      signal,
      late: () => 'due',
      begin: ({ resolve }) => {
        const over = new AbortController();
        if (knock && delayMs !== undefined && delayMs > KNOCK_EVERY_MS)
          watchForReturn({ knock, isAbsent, clock, signal: over.signal }, () => resolve('returned'));
        wake = () => resolve('asked');
        return () => {
          over.abort();
          wake = undefined;
        };
      },
    });

  const retryNow: SourceRunner['retryNow'] = (because) => {
    if (!wake || (because === 'viewer-came' && waitsForPerson)) return false;
    wake();
    return true;
  };
  return { run, retryNow, ...(knockAtSource && { knock: knockAtSource }) };
}

/** Why a pause ended: its time was over, the camera was seen to come back, or somebody asked. */
type Woken = 'due' | 'returned' | 'asked';

function isAbsence({ code }: GatewayError): boolean {
  return code === 'refused' || code === 'no-route' || code === 'device-away';
}

/** `longestMs` shortens the wait, but not below the first one. */
function delayAfter(code: ErrorCode, policy: RetryPolicy, attempt: number, longestMs: number): number {
  const random = Math.random();
  const delayMs = backoffMs(policy, attempt, random);
  if (PATIENT.has(code)) return Math.max(delayMs, PATIENT_MS);
  const shortenedMs = Math.round(longestMs * (0.8 + 0.2 * random));
  return Math.min(delayMs, Math.max(shortenedMs, backoffMs(policy, 1, random)));
}
