import type { Logger } from 'pino';

/** The same error is logged at most this often. */
const SAY_EVERY_MS = 60_000;
/** This many errors in one minute mean that the process does not work properly any more. */
const MOST_IN_A_MINUTE = 1000;
const OUT_OF_DESCRIPTORS: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE']);

type Report = (error: unknown) => void;

let report: Report | undefined;

/**
 * Nothing catches what a timer or a listener throws, so it would end the process and all its streams. While a gateway runs,
 * errors of guarded functions are logged instead. Returns a function that stops this.
 */
export function catchStrayErrors(log: Logger, giveUp: () => void = () => process.exit(1)): () => void {
  const said = new Map<string, number>();
  let minute = 0;
  let count = 0;
  const mine: Report = (error) => {
    const nowMs = performance.now();
    if (nowMs - minute > SAY_EVERY_MS) {
      minute = nowMs;
      count = 0;
      said.clear();
    }
    if (++count === MOST_IN_A_MINUTE) {
      log.fatal('too many unexpected errors in one minute; the gateway ends, so that it can be started again');
      giveUp();
    }
    const { code, message } = (error ?? {}) as { code?: unknown; message?: string };
    const name = `${String(code)} ${message ?? String(error)}`;
    if (said.has(OUT_OF_DESCRIPTORS.has(code) ? 'EMFILE' : name)) return;
    if (OUT_OF_DESCRIPTORS.has(code)) {
      said.set('EMFILE', nowMs);
      log.error(
        'no file descriptor is free, so nobody new can connect: raise the limit (ulimit -n, LimitNOFILE of systemd)',
      );
    } else {
      said.set(name, nowMs);
      log.error({ err: error }, 'something failed where nobody waited for it; the gateway goes on');
    }
  };
  report = mine;
  return () => {
    if (report === mine) report = undefined;
  };
}

/** The last resort for a process that is only a gateway: logs what no guard caught. Returns a function that stops this. */
export function catchUncaught(): () => void {
  process.on('uncaughtException', reportStray);
  process.on('unhandledRejection', reportStray);
  return () => {
    process.off('uncaughtException', reportStray);
    process.off('unhandledRejection', reportStray);
  };
}

/** Logs an error that is no reason to stop. Without a gateway, in a command or a test, it rethrows the error. */
export function reportStray(error: unknown): void {
  if (!report) throw error;
  report(error);
}

/** The same function, but it never throws while a gateway runs. */
export function guard<Arguments extends unknown[]>(
  callback: (...values: Arguments) => void,
): (...values: Arguments) => void {
  return (...values) => {
    try {
      callback(...values);
    } catch (error) {
      reportStray(error);
    }
  };
}
