import type { Logger } from 'pino';
import type { Clock } from '../../platform/clock.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import type { DeviceCredentials } from '../../protocols/dahua/device-auth.ts';
import { type CloudProfile, KNOWN_CLOUDS } from './cloud-profiles.ts';
import { DeviceSession } from './device-session.ts';
import { DEFAULT_TIMINGS, type SessionTimings } from './session-timings.ts';
import type { DatagramObserver } from './udp-socket.ts';

export type DahuaDevicesOptions = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly clouds?: readonly CloudProfile[];
  readonly timings?: Partial<SessionTimings>;
  readonly observe?: DatagramObserver;
};

/** A device session held by one user; it lives until all have released it. */
export type DeviceLease = { readonly session: DeviceSession; release(): void };

type Entry = {
  readonly abort: AbortController;
  readonly connecting: Promise<DeviceSession>;
  session: DeviceSession | undefined;
  users: number;
  cancelLinger: () => void;
};

/** A reconnecting camera finds its session as it left it. */
const LINGER_MS = 10_000;
/** The same refused password is not offered again this soon, however many streams of the device ask: devices lock accounts. */
const REFUSAL_REMEMBERED_MS = 5 * 60_000;

/** Every Dahua device in use: one session each, shared by main stream, substream and forwarded ports. */
export class DahuaDevices {
  readonly #options: DahuaDevicesOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #refusals = new Map<string, { readonly error: GatewayError; readonly untilUs: number }>();
  readonly #closing = new Set<Promise<void>>();

  constructor(options: DahuaDevicesOptions) {
    this.#options = options;
  }

  /** Connects, or joins whoever is connected or connecting with the same credentials. */
  async acquire(serial: string, credentials: DeviceCredentials | undefined, signal: AbortSignal): Promise<DeviceLease> {
    const key = JSON.stringify([serial, credentials?.username, credentials?.password]);
    this.#throwIfRefused(key);
    const entry = this.#entry(key, serial, credentials);
    entry.users++;
    entry.cancelLinger();
    let isReleased = false;
    const release = (): void => {
      if (isReleased) return;
      isReleased = true;
      this.#release(key, entry);
    };
    try {
      const session = await untilAborted(entry.connecting, signal);
      return { session, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const [key, entry] of [...this.#entries]) this.#end(key, entry);
    await Promise.all(this.#closing);
  }

  #entry(key: string, serial: string, credentials: DeviceCredentials | undefined): Entry {
    const existing = this.#entries.get(key);
    if (existing && (!existing.session || existing.session.isUsable)) return existing;
    if (existing) this.#end(key, existing);
    const { clock, log, observe, clouds = KNOWN_CLOUDS, timings } = this.#options;
    const abort = new AbortController();
    const options = { serial, credentials, clouds, clock, log, timings: { ...DEFAULT_TIMINGS, ...timings } };
    const connecting = DeviceSession.connect({ ...options, ...(observe ? { observe } : {}) }, abort.signal);
    const entry: Entry = { abort, connecting, session: undefined, users: 0, cancelLinger: () => {} };
    this.#entries.set(key, entry);
    connecting.then(
      (session) => {
        entry.session = session;
      },
      (error) => {
        this.#remember(key, asGatewayError(error));
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    return entry;
  }

  #release(key: string, entry: Entry): void {
    entry.users--;
    if (entry.users > 0) return;
    if (!entry.session) this.#end(key, entry);
    else entry.cancelLinger = this.#options.clock.after(LINGER_MS, () => this.#end(key, entry));
  }

  #end(key: string, entry: Entry): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    entry.cancelLinger();
    entry.abort.abort();
    const closing = entry.connecting.then(
      (session) => session.close(),
      () => {},
    );
    this.#closing.add(closing);
    void closing.then(() => this.#closing.delete(closing));
  }

  #remember(key: string, error: GatewayError): void {
    if (error.code !== 'wrong-password') return;
    this.#refusals.set(key, { error, untilUs: this.#options.clock.nowUs() + REFUSAL_REMEMBERED_MS * 1000 });
  }

  #throwIfRefused(key: string): void {
    const refusal = this.#refusals.get(key);
    if (!refusal) return;
    if (refusal.untilUs > this.#options.clock.nowUs()) throw refusal.error;
    this.#refusals.delete(key);
  }
}

/** The attempt goes on for others when one of those who wait gives up. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new GatewayError('stopping', 'The connection is not wanted any more.'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
