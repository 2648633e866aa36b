import type { ConnectStep, StreamState } from '../../shared/camera.ts';
import type { ErrorCode } from '../../shared/error-code.ts';
import type { Clock } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';
import { settleWithin } from '../platform/wait.ts';
import type { Stream } from './stream.ts';

/** How long every viewer waits for a camera that is starting. It is longer than any reasonable key-frame interval. */
export const CAMERA_WAIT_MS = 20_000;

/** Errors that end a working connection. The next attempt follows at once and shows whether the camera is gone. */
const MAY_BE_BACK_AT_ONCE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['camera-closed', 'stalled']);

/** It is useless to ask before the camera is tried again, or sooner than an attempt takes. */
const ASK_AGAIN_MS = 2000;

/** Why the camera will not come now, if that is known. Undefined while it may still come. */
function verdictOn(state: StreamState, nowMs: number): GatewayError | undefined {
  if (state.phase !== 'offline') return undefined;
  const { code, message, retryAtMs, step } = state;
  const isTriedAgain = retryAtMs !== undefined || step !== undefined;
  if (isTriedAgain && MAY_BE_BACK_AT_ONCE.has(code)) return undefined;
  const retryAfterMs = Math.max((retryAtMs ?? nowMs) - nowMs, ASK_AGAIN_MS);
  return new GatewayError(code, message, isTriedAgain ? { retryAfterMs } : {});
}

const STEPS: Readonly<Record<ConnectStep, string>> = {
  resolving: 'its address is being looked up',
  connecting: 'it is being connected to',
  asking: 'it is being asked for its stream',
  'waiting-for-picture': 'it is connected and has sent no picture yet',
  'waiting-for-key-frame': 'it has sent no picture that can be decoded yet',
};

function notInTime(state: StreamState): GatewayError {
  if (state.phase === 'offline') return new GatewayError(state.code, state.message);
  const what = state.phase === 'starting' ? STEPS[state.step] : 'it sends nothing at present';
  const message = `The camera is not there yet: ${what}. Check that it is on, and try again.`;
  return new GatewayError('timeout', message, { retryAfterMs: ASK_AGAIN_MS });
}

function gone(): GatewayError {
  return new GatewayError('viewer-lost', 'The viewer went away before the first picture.');
}

export type CameraWait<T> = {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Finds in the stream what the output needs. It is called at once and whenever something comes; an error ends the wait. */
  readonly look: () => T | undefined;
  /** For something optional: a shorter limit, and what the viewer gets instead after it. */
  readonly shorter?: { readonly limitMs: number; readonly instead: () => T };
};

/**
 * The one wait for a camera, which all outputs use. Rejects as soon as it is known that the camera will not come, after the
 * limit, and when the signal aborts (with its reason, if that is a GatewayError).
 */
export function awaitCamera<T>(stream: Stream, { clock, signal, look, shorter }: CameraWait<T>): Promise<T> {
  const late = (): never => {
    throw notInTime(stream.state);
  };
  return settleWithin<T>({
    clock,
    timeoutMs: shorter?.limitMs ?? CAMERA_WAIT_MS,
    signal,
    late: shorter?.instead ?? late,
    aborted: () => {
      throw signal?.reason instanceof GatewayError ? signal.reason : gone();
    },
    begin: ({ resolve, reject }) => {
      const check = (): boolean => {
        const verdict = verdictOn(stream.state, clock.wallMs());
        try {
          const found = verdict ? undefined : look();
          if (verdict) reject(verdict);
          else if (found !== undefined) resolve(found);
        } catch (error) {
          reject(error);
        }
        return true;
      };
      const consumer = { tracks: check, unit: check, state: check, ended: reject };
      const subscription = stream.subscribe(consumer, { replay: false });
      return () => subscription.close();
    },
  });
}
