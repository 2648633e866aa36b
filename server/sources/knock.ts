import type { Dial, SourceAdapter } from '../hub/source.ts';
import type { Clock } from '../platform/clock.ts';
import { asGatewayError, type GatewayError } from '../platform/errors.ts';

export type Knock = NonNullable<SourceAdapter['knock']>;

/** Between two knocks at a camera that is away: the longest that its return goes unnoticed. */
export const KNOCK_EVERY_MS = 1000;
/** A camera that is there accepts at once; without a deadline the system would repeat ever more seldom. */
const KNOCK_TIMEOUT_MS = 2000;

/** A connection that is closed as soon as it stands. */
export async function knockAt(dial: Dial, host: string, port: number, signal: AbortSignal): Promise<void> {
  const carrier = await dial(host, port, { signal, timeoutMs: KNOCK_TIMEOUT_MS });
  carrier.on('error', () => {}).destroy();
}

/** Why the camera cannot be reached; undefined when somebody listens there. */
export async function knockOn(knock: Knock, signal: AbortSignal): Promise<GatewayError | undefined> {
  try {
    await knock(signal);
    return undefined;
  } catch (error) {
    return asGatewayError(error);
  }
}

export type ReturnWatch = {
  readonly knock: Knock;
  /** Nobody listened there when last seen. A camera that listens and fails all the same did not come back. */
  readonly isAbsent: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/** Knocks until `signal` aborts, and calls back once when somebody listens where nobody did. */
export function watchForReturn(watch: ReturnWatch, onReturn: () => void): void {
  const { knock, clock, signal } = watch;
  let { isAbsent } = watch;
  const knockSoon = (): void => {
    const cancel = clock.after(KNOCK_EVERY_MS, () => {
      signal.removeEventListener('abort', cancel);
      void knockOn(knock, signal).then((absence) => {
        if (signal.aborted) return;
        if (isAbsent && !absence) {
          onReturn();
          return;
        }
        isAbsent = absence !== undefined;
        knockSoon();
      });
    });
    signal.addEventListener('abort', cancel, { once: true });
  };
  knockSoon();
}
