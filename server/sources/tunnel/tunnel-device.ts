import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import type { DialOptions } from '../../hub/source.ts';
import { type Clock, every } from '../../platform/clock.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import { networkTest } from '../../platform/networks.ts';
import { settleWithin } from '../../platform/wait.ts';
import { isProof, parseGoAnswer } from '../../protocols/tunnel/handshake.ts';
import type { DeviceConnection } from './device-connection.ts';
import { isBare, type RawTunnel } from './raw-tunnel.ts';

/** Connections that wait to be used; of more the newest are kept, because the others may be dead without knowing it. */
export const MAX_PARKED = 4;
/** So often a parked device hears that the gateway is there. */
const SIGN_OF_LIFE_MS = 20_000;
/** A device dials its camera for up to 8 s, and then says what went wrong. */
const GO_ANSWER_MS = 9500;
/** A device that has just been there dials again soon. */
const RETURNS_WITHIN_MS = 15_000;

/** One device that dials in, with the connections that it has opened. */
export class TunnelDevice {
  readonly settings: RawTunnel;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #isAllowed: (address: string) => boolean;
  readonly #parked: DeviceConnection[] = [];
  readonly #used = new Set<Socket>();
  readonly #waiting = new Set<(connection: DeviceConnection) => void>();
  readonly #stopSigns: () => void;
  #seenMs: number | undefined;
  #seenUs: number;
  #isClosed = false;

  constructor(settings: RawTunnel, clock: Clock, log: Logger) {
    this.settings = settings;
    this.#clock = clock;
    // When the gateway has just started its devices are about to come back.
    this.#seenUs = clock.nowUs();
    this.#log = log.child({ device: settings.name });
    this.#isAllowed = settings.from ? networkTest(settings.from) : () => true;
    this.#stopSigns = isBare(settings)
      ? () => {}
      : every(clock, SIGN_OF_LIFE_MS, () => {
          for (const connection of this.#parked) connection.send('');
        });
  }

  get parked(): number {
    return this.#parked.length;
  }

  get used(): number {
    return this.#used.size;
  }

  mayComeFrom(address: string): boolean {
    return this.#isAllowed(address);
  }

  isProof(proof: Uint8Array, nonce: Uint8Array): boolean {
    return isProof(proof, this.settings.token, nonce);
  }

  /** From now on the connection waits to be used. */
  park(connection: DeviceConnection): void {
    if (this.#isClosed) {
      connection.close();
      return;
    }
    const isNews = this.#parked.length === 0 && this.#used.size === 0;
    if (isNews) this.#log.info({ address: connection.address }, 'a dial-in device is connected');
    this.#see();
    this.#parked.push(connection);
    connection.onClose(() => {
      if (this.#forget(connection)) this.#see();
    });
    connection.park();
    if (this.#parked.length > MAX_PARKED) this.#parked.shift()?.close();
    const [next] = this.#waiting;
    if (next && this.#forget(connection)) next(connection);
  }

  /** Whether the device could be used now, without using it. Rejects with `device-away`. */
  async knock(): Promise<void> {
    if (this.#parked.length === 0 && this.#used.size === 0) throw this.#away();
  }

  /** A connection to the camera behind the device. Rejects with a GatewayError that says which of the two is missing. */
  async dial({ timeoutMs, signal }: DialOptions): Promise<Socket> {
    const endUs = this.#clock.nowUs() + timeoutMs * 1000;
    for (;;) {
      const connection = await this.#take((endUs - this.#clock.nowUs()) / 1000, signal);
      const socket = isBare(this.settings) ? connection.release() : await this.#go(connection, signal);
      if (socket && !socket.destroyed) return this.#use(socket);
    }
  }

  /** Ends everything that the device has open. */
  close(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopSigns();
    for (const connection of [...this.#parked]) connection.close();
    for (const socket of this.#used) socket.destroy(new GatewayError('device-away', reason));
  }

  /** Asks for the camera. Undefined: this connection was lost, another one may do. */
  async #go(connection: DeviceConnection, signal: AbortSignal): Promise<Socket | undefined> {
    const older = [...this.#parked];
    const answered = connection.line(GO_ANSWER_MS, signal);
    connection.send('GO');
    try {
      const answer = parseGoAnswer(await answered);
      if (answer?.kind === 'up') return connection.release();
      connection.close();
      if (answer) throw this.#cameraAway(answer.reason);
      throw new GatewayError('bad-data', `The device ${this.settings.name} answers GO with neither UP nor ERR.`);
    } catch (error) {
      connection.close();
      const { code } = asGatewayError(error);
      if (code === 'camera-closed') return undefined;
      if (code !== 'timeout') throw error;
      // It has gone without a word: those that it opened before this one are dead as well.
      for (const dead of older) dead.close();
      if (this.#parked.length > 0) return undefined;
      this.#log.warn('a dial-in device no longer answers');
      throw new GatewayError('device-away', `The device ${this.settings.name} no longer answers.`);
    }
  }

  /** The newest connection that waits; or the next one, when the device is about to open it. */
  async #take(timeoutMs: number, signal: AbortSignal): Promise<DeviceConnection> {
    const newest = this.#parked.at(-1);
    if (newest && !signal.aborted) {
      this.#forget(newest);
      return newest;
    }
    const isAbout = this.#used.size > 0 || this.#clock.nowUs() - this.#seenUs < RETURNS_WITHIN_MS * 1000;
    if (!isAbout || this.#isClosed) throw this.#away();
    return settleWithin<DeviceConnection>({
      clock: this.#clock,
      timeoutMs: Math.max(0, timeoutMs),
      signal,
      late: () => {
        throw this.#used.size > 0 ? this.#busy() : this.#away();
      },
      aborted: () => {
        throw new GatewayError('stopping', 'The connection attempt was stopped.');
      },
      begin: ({ resolve }) => {
        this.#waiting.add(resolve);
        return () => void this.#waiting.delete(resolve);
      },
    });
  }

  #use(socket: Socket): Socket {
    this.#used.add(socket);
    socket.once('close', () => {
      this.#used.delete(socket);
      this.#see();
    });
    return socket;
  }

  #forget(connection: DeviceConnection): boolean {
    const at = this.#parked.indexOf(connection);
    if (at === -1) return false;
    this.#parked.splice(at, 1);
    return true;
  }

  #see(): void {
    this.#seenMs = this.#clock.wallMs();
    this.#seenUs = this.#clock.nowUs();
  }

  #away(): GatewayError {
    const { name } = this.settings;
    const since =
      this.#seenMs === undefined
        ? 'it has not dialled in since this gateway started'
        : `it was last seen on ${new Date(this.#seenMs).toISOString().slice(0, 19).replace('T', ' at ')} UTC`;
    return new GatewayError(
      'device-away',
      `The device ${name} is not connected: ${since}. Check its power, its network and its token.`,
    );
  }

  #cameraAway(reason: string): GatewayError {
    const said = reason === '' ? '' : ` It says: ${reason}.`;
    return new GatewayError(
      'camera-away',
      `The device ${this.settings.name} is connected, but does not reach its camera.${said} Check the camera and the address that the device has for it.`,
    );
  }

  #busy(): GatewayError {
    return new GatewayError(
      'no-free-session',
      `The device ${this.settings.name} carries ${this.#used.size} streams and opens no further connection.`,
    );
  }
}
