import { connect, type Socket } from 'node:net';
import { systemClock } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';
import type { RealmStream } from '../protocols/dahua/realm-stream.ts';
import type { TouFrame } from '../protocols/dahua/tou-frame.ts';
import { Tunnel } from '../protocols/dahua/tunnel.ts';
import type { DahuaDeviceKnobs } from './dahua-device-knobs.ts';

export type DeviceTunnelOptions = {
  readonly send: (...parts: readonly Uint8Array[]) => void;
  readonly knobs: DahuaDeviceKnobs;
  readonly sign: Uint8Array;
  /** The local TCP port for each port of the device. */
  readonly ports: ReadonlyMap<number, number>;
  readonly isDirect: boolean;
};

const ACCEPT_VALUE = Uint8Array.of(0xa1, 0x15, 0xbf, 0xff);
const REFUSAL = new Uint8Array(12);
const UNKNOWN_SEGMENT = Uint8Array.of(0x0a, 0, 0, 0, 0, 0, 0, 0);
const CUT_BYTES = 700;

/** The device's end of one PTCP session: signs, binds, and TCP connections to the servers in the device. */
export class DahuaDeviceTunnel {
  readonly #tunnel: Tunnel;
  readonly #options: DeviceTunnelOptions;
  readonly #sockets = new Set<Socket>();
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(options: DeviceTunnelOptions) {
    this.#options = options;
    const { knobs, send } = options;
    this.#tunnel = new Tunnel({
      clock: systemClock,
      send,
      tcp: knobs.tcp,
      ...(knobs.framing === 'shuffled' ? { recut: shuffleFrames() } : {}),
    });
    this.#tunnel.onControl = (frame) => this.#control(frame);
    this.#tunnel.onClosed = () => this.close();
    this.#timers.push(setInterval(() => this.#tunnel.send({ type: 'heartbeat' }), knobs.heartbeatMs));
  }

  get realms(): number {
    return this.#tunnel.realms.size;
  }

  receive(datagram: Uint8Array): void {
    this.#tunnel.receive(datagram);
  }

  /** Ends the session like a device that restarts. */
  reset(): void {
    this.#tunnel.reset();
    this.close();
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#sockets) socket.destroy();
    this.#tunnel.farewell();
    this.#tunnel.close(new GatewayError('stopping', 'The simulated device was switched off.'));
  }

  #control(frame: TouFrame): void {
    const { knobs, sign } = this.#options;
    if (frame.type === 'ask-sign' && knobs.sign !== 'silent') this.#tunnel.send({ type: 'sign', sign });
    if (frame.type === 'present-sign') {
      if (knobs.sign === 'refused') this.#tunnel.sendRaw(REFUSAL);
      else if (Buffer.compare(frame.sign, sign) !== 0) this.#tunnel.reset();
      else this.#tunnel.send({ type: 'accept', value: ACCEPT_VALUE });
    }
    if (frame.type === 'bind') this.#bind(frame.realm, frame.port);
  }

  #bind(id: number, port: number): void {
    const { knobs, ports, isDirect } = this.#options;
    if (this.#tunnel.realms.has(id) || (isDirect && knobs.isDeafOnDirect)) return;
    const stream = this.#tunnel.adoptRealm(id, port);
    const local = ports.get(port);
    if (knobs.refusesBinds || local === undefined) {
      stream.destroy();
      return;
    }
    const socket = connect(local, '127.0.0.1');
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    socket.once('connect', () => {
      this.#tunnel.realms.confirm(stream.realm);
      if (knobs.sendsUnknown) this.#tunnel.sendRaw(UNKNOWN_SEGMENT);
      if (knobs.stallsMs > 0) this.#stall();
      this.#join(stream, socket);
    });
    socket.on('error', () => stream.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #join(stream: RealmStream, socket: Socket): void {
    const { disconnectsAfterBytes } = this.#options.knobs;
    socket.pipe(stream);
    stream.pipe(socket);
    stream.once('close', () => socket.destroy());
    if (disconnectsAfterBytes === 0) return;
    let carried = 0;
    socket.on('data', (chunk) => {
      carried += chunk.length;
      if (carried > disconnectsAfterBytes) stream.destroy();
    });
  }

  #stall(): void {
    this.#tunnel.pause();
    this.#timers.push(setTimeout(() => this.#tunnel.resume(), this.#options.knobs.stallsMs));
  }
}

/** Joins frames that are written together and cuts them at other places, which a byte stream allows. */
function shuffleFrames(): (frame: Uint8Array, write: (bytes: Uint8Array) => void) => void {
  let waiting: Uint8Array[] = [];
  return (frame, write) => {
    waiting.push(frame);
    if (waiting.length > 1) return;
    setImmediate(() => {
      const joined = Buffer.concat(waiting);
      waiting = [];
      for (let at = 0; at < joined.length; at += CUT_BYTES) write(joined.subarray(at, at + CUT_BYTES));
    });
  };
}
