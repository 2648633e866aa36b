import { randomInt } from 'node:crypto';
import { GatewayError } from '../../platform/errors.ts';
import { PseudoTcp, type PseudoTcpOptions } from './pseudo-tcp.ts';
import { type PtcpPacket, parsePtcpPacket, serializePtcpHeader } from './ptcp-packet.ts';
import { RealmStream } from './realm-stream.ts';
import { type Realm, type RealmListener, RealmTable } from './realm-table.ts';
import { serializeTouFrame, type TouFrame, TouReader } from './tou-frame.ts';

/** Monotonic time and a timer. */
export type TunnelClock = {
  nowUs(): number;
  after(ms: number, callback: () => void): () => void;
};

export type RealmOptions = { readonly signal: AbortSignal; readonly timeoutMs: number };

export type TunnelOptions = {
  readonly clock: TunnelClock;
  /** Sends the parts to the peer in one datagram. */
  readonly send: (...parts: readonly Uint8Array[]) => void;
  readonly tcp?: PseudoTcpOptions;
  /** Changes how frames are cut into segments. Simulators use it to behave like difficult devices. */
  readonly recut?: (frame: Uint8Array, write: (bytes: Uint8Array) => void) => void;
};

/** A reader this far behind is cut off when others share the tunnel, so that they do not wait for it. */
const MAX_BACKLOG_BYTES = 8 << 20;
/** A reader alone in its tunnel makes the device wait instead. */
const PAUSE_ABOVE_BYTES = 1 << 20;

type KnownFrame = Exclude<TouFrame, { type: 'unknown' }>;

/** One PTCP session on one path: timers, frames and realms around the pure transport. Both ends use it. */
export class Tunnel {
  /** Frames that concern no realm: signs, binds, heartbeats. */
  onControl: (frame: TouFrame) => void = () => {};
  onEstablished: () => void = () => {};
  onClosed: (reason: GatewayError) => void = () => {};
  readonly realms: RealmTable;
  readonly #options: TunnelOptions;
  readonly #tcp: PseudoTcp;
  readonly #reader = new TouReader();
  readonly #streams = new Set<RealmStream>();
  #sentBytes = 0;
  #receivedBytes = 0;
  #lastReceivedUs: number;
  #closedBecause: GatewayError | undefined;
  #armedForMs: number | undefined;
  #cancelTimer: () => void = () => {};

  constructor(options: TunnelOptions) {
    this.#options = options;
    this.#lastReceivedUs = options.clock.nowUs();
    this.#tcp = new PseudoTcp(
      {
        transmit: (packet) => this.#transmit(packet),
        deliver: (segment) => this.#deliver(segment),
        established: () => this.onEstablished(),
        writable: () => this.realms.pump(),
        closed: (reason) => this.close(lost(reason)),
      },
      options.tcp,
    );
    const recut = options.recut ?? ((frame, write) => write(frame));
    const tunnel = this;
    this.realms = new RealmTable({
      write: (frame) => recut(frame, (bytes) => this.#write(bytes)),
      get unsentBytes() {
        return tunnel.#tcp.unsentBytes;
      },
    });
  }

  get isClosed(): boolean {
    return this.#closedBecause !== undefined;
  }

  /** How long the peer has said nothing at all. */
  get silentMs(): number {
    return (this.#options.clock.nowUs() - this.#lastReceivedUs) / 1000;
  }

  /** Bytes of the busier direction. Sequence numbers end at 4 GiB. */
  get carriedBytes(): number {
    return Math.max(this.#sentBytes, this.#receivedBytes);
  }

  connect(): void {
    this.#tcp.connect(this.#nowMs());
    this.#arm();
  }

  receive(datagram: Uint8Array): void {
    if (this.#closedBecause) return;
    const packet = parsePtcpPacket(datagram);
    this.#lastReceivedUs = this.#options.clock.nowUs();
    this.#tcp.receive(packet, this.#nowMs());
    this.#arm();
  }

  send(frame: KnownFrame): void {
    this.#write(serializeTouFrame(frame));
  }

  /** Sends a segment that is not a frame, for simulators of odd devices. */
  sendRaw(bytes: Uint8Array): void {
    this.#write(bytes);
  }

  /** Resolves with a connection to a port of the device once the device confirms it. */
  async openRealm(port: number, options: RealmOptions): Promise<RealmStream> {
    if (this.#closedBecause) throw this.#closedBecause;
    const id = this.#freeRealm();
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        cancelTimeout();
        options.signal.removeEventListener('abort', onAbort);
        stream.removeListener('error', fail);
      };
      const fail = (error: Error): void => {
        settle();
        reject(error);
      };
      const onAbort = (): void =>
        void stream.destroy(new GatewayError('stopping', 'The connection is not wanted any more.'));
      const stream = this.#attach(
        (listener) => this.realms.open(id, port, listener),
        () => {
          settle();
          resolve(stream);
        },
      );
      stream.once('error', fail);
      const late = new GatewayError('timeout', `The device did not connect its port ${port} in time.`);
      const cancelTimeout = this.#options.clock.after(options.timeoutMs, () => void stream.destroy(late));
      options.signal.addEventListener('abort', onAbort, { once: true });
      if (options.signal.aborted) onAbort();
    });
  }

  /** The device's side of a bind. */
  adoptRealm(id: number, port: number): RealmStream {
    return this.#attach(
      (listener) => this.realms.adopt(id, port, listener),
      () => {},
    );
  }

  /** Makes the peer wait, like a device that has no room. */
  pause(): void {
    this.#tcp.pause();
  }

  resume(): void {
    this.#tcp.resume(this.#nowMs());
    this.#arm();
  }

  /** Tells the peer that no realm is needed any more. The session itself can only end by silence. */
  farewell(): void {
    for (const stream of [...this.#streams]) stream.destroy();
  }

  reset(): void {
    this.#tcp.reset(this.#nowMs());
  }

  close(reason: GatewayError): void {
    if (this.#closedBecause) return;
    this.#closedBecause = reason;
    this.#cancelTimer();
    this.realms.closeAll(reason);
    this.onClosed(reason);
  }

  #attach(open: (listener: RealmListener) => Realm, connected: () => void): RealmStream {
    const stream = new RealmStream(this.realms, open, {
      connected,
      backlogGrew: (grown) => this.#limit(grown),
      wantsMore: () => this.resume(),
      closed: (gone) => {
        this.#streams.delete(gone);
        this.resume();
      },
    });
    this.#streams.add(stream);
    if (this.#streams.size > 1) this.resume();
    return stream;
  }

  #limit(stream: RealmStream): void {
    const backlog = stream.backlogBytes;
    if (this.#streams.size > 1) {
      if (backlog > MAX_BACKLOG_BYTES) stream.destroy(tooSlow(stream.realm.port));
    } else if (backlog > PAUSE_ABOVE_BYTES) this.pause();
  }

  #freeRealm(): number {
    let id = randomInt(1, 2 ** 32);
    while (this.realms.has(id)) id = randomInt(1, 2 ** 32);
    return id;
  }

  #write(bytes: Uint8Array): void {
    if (this.#closedBecause) return;
    this.#sentBytes += bytes.length;
    this.#tcp.write(bytes, this.#nowMs());
    this.#arm();
  }

  #deliver(segment: Uint8Array): void {
    this.#receivedBytes += segment.length;
    try {
      for (const frame of this.#reader.push(segment)) {
        if (!this.realms.receive(frame)) this.onControl(frame);
      }
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      this.close(error);
    }
  }

  #transmit(packet: PtcpPacket): void {
    const header = serializePtcpHeader(packet);
    if (packet.body.length === 0) this.#options.send(header);
    else this.#options.send(header, packet.body);
  }

  /** One timer, re-armed only when something is due sooner: deadlines move with every packet. */
  #arm(): void {
    const deadlineMs = this.#tcp.deadlineMs;
    if (deadlineMs === undefined || this.#closedBecause) return;
    if (this.#armedForMs !== undefined && this.#armedForMs <= deadlineMs) return;
    this.#cancelTimer();
    this.#armedForMs = deadlineMs;
    this.#cancelTimer = this.#options.clock.after(Math.max(0, deadlineMs - this.#nowMs()), () => {
      this.#armedForMs = undefined;
      this.#tcp.tick(this.#nowMs());
      this.#arm();
    });
  }

  #nowMs(): number {
    return Math.floor(this.#options.clock.nowUs() / 1000);
  }
}

function lost(reason: 'reset' | 'silent'): GatewayError {
  return reason === 'reset'
    ? new GatewayError('camera-closed', 'The device ended the session.')
    : new GatewayError('timeout', 'The device stopped answering.');
}

function tooSlow(port: number): GatewayError {
  return new GatewayError(
    'too-large',
    `Whoever reads port ${port} of the device is too slow and was cut off for the sake of the others.`,
  );
}
