import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { isFinal } from '../../../shared/error-code.ts';
import type { DialOptions } from '../../hub/source.ts';
import type { Clock } from '../../platform/clock.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import { settleWithin } from '../../platform/wait.ts';
import type { DeviceCredentials } from '../../protocols/dahua/device-auth.ts';
import { maskSerial } from '../../protocols/dahua/masking.ts';
import type { CloudProfile } from './cloud-profiles.ts';
import { findDevice } from './device-directory.ts';
import { type DeviceAccess, type DevicePath, openDirectPath, openRelayPath } from './device-path.ts';
import type { Channel } from './p2p-channel.ts';
import { PathSlot } from './path-slot.ts';
import type { SessionTimings } from './session-timings.ts';
import type { DatagramObserver } from './udp-socket.ts';

export type SessionOptions = {
  readonly serial: string;
  readonly credentials: DeviceCredentials | undefined;
  readonly clouds: readonly CloudProfile[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly timings: SessionTimings;
  readonly observe?: DatagramObserver;
};

const TICK_MS = 250;
/** A relay that takes longer to bring the sign does not hold up the direct path. */
const SIGN_WAIT_MS = 4000;
/** A connection this old without a single byte says that the path carries none. */
const BARREN_AFTER_MS = 5000;

/**
 * One device, reached directly where the networks allow it and through a relay where they do not. Both paths are kept: realms open on
 * the better one, and whoever listens hears when that changes.
 */
export class DeviceSession {
  readonly #options: SessionOptions;
  readonly #listeners = new Set<() => void>();
  readonly #direct: PathSlot;
  readonly #relay: PathSlot;
  #best: DevicePath | undefined;
  #cancelTick: () => void = () => {};
  readonly #firstChannel = deferred<Channel | undefined>();
  #firstRelay: Promise<unknown> = Promise.resolve();
  #hasTriedRelay = false;
  #isClosed = false;

  /** Resolves when a realm can be opened. `signal` ends the attempt, not the session. */
  static async connect(options: SessionOptions, signal: AbortSignal): Promise<DeviceSession> {
    const { clock, timings, credentials, observe } = options;
    const device = await findDevice(options.serial, options.clouds, { clock, ...(observe ? { observe } : {}) }, signal);
    const session = new DeviceSession(options, {
      device,
      clock,
      credentials,
      observe,
      timings,
      proof: undefined,
      sign: undefined,
    });
    const onAbort = (): void => void session.close();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      await session.#firstPath();
      session.#tick();
      return session;
    } catch (error) {
      await session.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  private constructor(options: SessionOptions, access: DeviceAccess) {
    this.#options = options;
    const log = options.log.child({ device: maskSerial(options.serial) });
    const common = { clock: options.clock, timings: options.timings, log, changed: () => this.#check() };
    this.#direct = new PathSlot({
      ...common,
      kind: 'direct',
      build: (signal) => this.#buildDirect(access, signal),
    });
    this.#relay = new PathSlot({
      ...common,
      kind: 'relay',
      build: (signal) => this.#buildRelay(access, signal),
    });
  }

  /** The path that new realms open on. */
  get best(): DevicePath | undefined {
    return this.#best;
  }

  /** Whether a realm opened now has a good chance. */
  get isUsable(): boolean {
    return !this.#isClosed && [this.#direct, this.#relay].some((slot) => slot.current?.health === 'good');
  }

  onPathChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A connection to a TCP port of the device on its best path, or on the given one. */
  async openRealm(port: number, options: DialOptions, path = this.#best): Promise<Duplex> {
    if (!path || this.#isClosed) throw pathless();
    const stream = await path.tunnel.openRealm(port, options).catch((error: unknown) => {
      if (asGatewayError(error).code === 'timeout') this.#doubt(path);
      throw error;
    });
    const openedUs = this.#options.clock.nowUs();
    stream.once('close', () => {
      const livedMs = (this.#options.clock.nowUs() - openedUs) / 1000;
      if (stream.receivedBytes === 0 && livedMs > BARREN_AFTER_MS) this.#doubt(path);
    });
    return stream;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelTick();
    this.#best = undefined;
    await Promise.all([this.#direct.close(), this.#relay.close()]);
  }

  /** Some devices take a direct connection and then answer nothing on it. */
  #doubt(path: DevicePath): void {
    const watch = this.#direct.watchOf(path) ?? this.#relay.watchOf(path);
    if (watch) watch.isBarren = true;
    this.#check();
  }

  async #buildDirect(access: DeviceAccess, signal: AbortSignal): Promise<DevicePath> {
    const { clock } = this.#options;
    const signAsked = (): Promise<void> => settledWithin(this.#firstRelay, SIGN_WAIT_MS, clock);
    try {
      return await openDirectPath(access, this.#firstChannel.resolve, signAsked, signal);
    } catch (error) {
      // A refusal holds for the relay too: asking again would count as another wrong password.
      const failure = asGatewayError(error);
      if (isFinal(failure.code) || failure.code === 'device-offline') this.#firstChannel.reject(failure);
      else this.#firstChannel.resolve(undefined);
      throw failure;
    }
  }

  /** The first relay signs with the nonce of the channel opened beside it, as the vendor's library does; later ones with their own. */
  #buildRelay(access: DeviceAccess, signal: AbortSignal): Promise<DevicePath> {
    const isFirst = !this.#hasTriedRelay;
    this.#hasTriedRelay = true;
    return openRelayPath(access, async () => (isFirst ? this.#firstChannel.promise : undefined), signal);
  }

  /** Both paths are tried at once; the relay alone will do after a short grace. */
  async #firstPath(): Promise<void> {
    const { clock, timings } = this.#options;
    const relay = this.#relay.build();
    this.#firstRelay = relay;
    const direct = this.#direct.build();
    const relayAlone = relay.then(() => settledWithin(direct, timings.directGraceMs, clock));
    try {
      await Promise.any([direct, relayAlone]);
    } catch (error) {
      throw noPath((error as AggregateError).errors.map((each) => asGatewayError(each)));
    }
  }

  #tick(): void {
    this.#check();
    this.#cancelTick = this.#options.clock.after(TICK_MS, () => this.#tick());
  }

  #check(): void {
    if (this.#isClosed) return;
    this.#direct.tick(!this.#relay.current);
    this.#relay.tick(!this.#direct.current);
    this.#choose();
  }

  #choose(): void {
    const watches = [this.#direct.current, this.#relay.current].filter((watch) => watch !== undefined);
    const good = watches.find((watch) => watch.health === 'good');
    const kept = watches.find((watch) => watch.path === this.#best);
    const best = (good ?? kept ?? watches[0])?.path;
    if (best === this.#best) return;
    this.#best = best;
    if (best)
      this.#options.log.info({ device: maskSerial(this.#options.serial), path: best.kind }, 'dahua path is used');
    for (const listener of this.#listeners) listener();
  }
}

function pathless(): GatewayError {
  return new GatewayError('timeout', 'The device is out of reach at the moment.');
}

function noPath(errors: readonly GatewayError[]): GatewayError {
  const telling =
    errors.find((error) => isFinal(error.code)) ?? errors.find((error) => error.code === 'device-offline');
  if (telling) return telling;
  return new GatewayError(
    'no-direct-path',
    `Neither a direct connection nor a relay reached the device. ${errors.map((error) => error.message).join(' ')} Check that outgoing UDP is allowed here and at the device.`,
    { cause: errors[0] },
  );
}

/** Waits for the promise to end either way, but no longer than this. */
function settledWithin(promise: Promise<unknown>, timeoutMs: number, clock: Clock): Promise<void> {
  return settleWithin<void>({
    clock,
    timeoutMs,
    late: () => undefined,
    begin: ({ resolve }) => {
      const settle = (): void => resolve();
      promise.then(settle, settle);
      return undefined;
    },
  });
}

type Deferred<T> = {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
};

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  promise.catch(() => {}); // The relay may not have come far enough to ask.
  return { promise, resolve, reject };
}
