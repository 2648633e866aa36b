import { Congestion } from './congestion.ts';
import { PTCP_FLAG, type PtcpPacket, parseConnect, serializeConnect } from './ptcp-packet.ts';
import { type Arrival, ReceiveWindow } from './receive-window.ts';
import { RoundTrip } from './round-trip.ts';
import { type Segment, SendWindow } from './send-window.ts';
import { advance, distance } from './sequence-number.ts';

export type PseudoTcpEvents = {
  transmit(packet: PtcpPacket): void;
  /** The stream in order, with one piece for each segment that the peer sent. */
  deliver(bytes: Uint8Array): void;
  established(): void;
  /** Called after an acknowledgment while little is left to send. */
  writable(): void;
  closed(reason: 'reset' | 'silent'): void;
};

export type PseudoTcpOptions = {
  /** How long to wait for the first answer; 3 s when nothing is known about the path. */
  readonly initialTimeoutMs?: number;
  /** Zero on every device seen; anything else makes a run across the wrap at 4 GiB affordable. */
  readonly initialSequence?: number;
  readonly windowScale?: number;
};

/** 1280 bytes of payload after a frame header of 12 bytes, as devices send it. */
const SEGMENT_BYTES = 1292;
const MAX_WINDOW = 0xffff;
const ACK_DELAY_MS = 10;
const MAX_TRANSMISSIONS = 15;
const MAX_CONNECT_TRANSMISSIONS = 30;
const WRITABLE_BELOW_BYTES = 64 * 1024;
const MAX_ROUND_TRIP_MS = 120_000;
const NO_BYTES = new Uint8Array(0);

/**
 * A reliable, ordered, flow-controlled byte stream over datagrams: libjingle's PseudoTcp as Dahua devices speak it. Pure: time comes
 * in with every call, packets leave through the events, and `deadlineMs` says when `tick` is due.
 */
export class PseudoTcp {
  readonly #events: PseudoTcpEvents;
  readonly #windowScale: number;
  readonly #send: SendWindow;
  readonly #receive: ReceiveWindow;
  readonly #roundTrip: RoundTrip;
  readonly #congestion = new Congestion(SEGMENT_BYTES);
  readonly #initialSequence: number;
  #state: 'idle' | 'connecting' | 'open' | 'closed' = 'idle';
  #peerWindowBytes = MAX_WINDOW;
  #peerScale = 0;
  #echoMs = 0;
  #lastAckSent = 0;
  #lastWindowSent = MAX_WINDOW;
  #ackDeadlineMs: number | undefined;
  #resendDeadlineMs: number | undefined;
  #isPaused = false;
  #isDelivering = false;

  constructor(events: PseudoTcpEvents, options: PseudoTcpOptions = {}) {
    this.#events = events;
    this.#windowScale = options.windowScale ?? 0;
    this.#initialSequence = options.initialSequence ?? 0;
    this.#send = new SendWindow(SEGMENT_BYTES, this.#initialSequence);
    this.#receive = new ReceiveWindow(MAX_WINDOW * 2 ** this.#windowScale);
    this.#roundTrip = new RoundTrip(options.initialTimeoutMs);
  }

  get state(): 'idle' | 'connecting' | 'open' | 'closed' {
    return this.#state;
  }

  get unsentBytes(): number {
    return this.#send.unsentBytes;
  }

  get unacknowledgedBytes(): number {
    return this.#send.inFlightBytes + this.#send.unsentBytes;
  }

  /** When `tick` has something to do; undefined while nothing is pending. */
  get deadlineMs(): number | undefined {
    if (this.#ackDeadlineMs === undefined) return this.#resendDeadlineMs;
    return Math.min(this.#ackDeadlineMs, this.#resendDeadlineMs ?? Number.POSITIVE_INFINITY);
  }

  connect(nowMs: number): void {
    this.#state = 'connecting';
    this.#send.write(serializeConnect(this.#windowScale), true);
    this.#flush(nowMs);
  }

  write(bytes: Uint8Array, nowMs: number): void {
    if (this.#state === 'closed') return;
    this.#send.write(bytes);
    if (this.#state === 'open') this.#flush(nowMs);
  }

  receive(packet: PtcpPacket, nowMs: number): void {
    if (this.#state === 'closed') return;
    if ((packet.flags & PTCP_FLAG.reset) !== 0) {
      if (Math.abs(distance(this.#receive.next, packet.sequence)) <= MAX_WINDOW) this.#close('reset');
      return;
    }
    const isControl = (packet.flags & PTCP_FLAG.control) !== 0;
    if (isControl && !this.#receiveConnect(packet, nowMs)) return;
    if (this.#state !== 'open' || !this.#receiveAcknowledgment(packet, nowMs)) return;
    if (!isControl) this.#receiveBody(packet, nowMs);
    this.#flush(nowMs);
    if (this.#send.unsentBytes < WRITABLE_BELOW_BYTES) this.#events.writable();
  }

  tick(nowMs: number): void {
    if (this.#state === 'closed') return;
    if (this.#ackDeadlineMs !== undefined && nowMs >= this.#ackDeadlineMs) this.#acknowledge(nowMs);
    if (this.#resendDeadlineMs !== undefined && nowMs >= this.#resendDeadlineMs) this.#timedOut(nowMs);
  }

  /** Nothing is delivered until `resume`; the window closes and the peer waits. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(nowMs: number): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#deliver();
    const opened = this.#receive.freeBytes - this.#lastWindowSent;
    if (this.#state === 'open' && opened >= Math.min(SEGMENT_BYTES, MAX_WINDOW / 2)) this.#acknowledge(nowMs);
  }

  /** There is no orderly end in PTCP: a reset, or silence. */
  reset(nowMs: number): void {
    if (this.#state === 'open') this.#transmit(this.#send.next, PTCP_FLAG.reset, NO_BYTES, nowMs);
    this.#state = 'closed';
    this.#clearTimers();
  }

  /** Returns false when nothing else in the packet counts. */
  #receiveConnect(packet: PtcpPacket, nowMs: number): boolean {
    const scale = parseConnect(packet.body);
    if (scale === undefined) return false;
    if (this.#state === 'open') {
      // Our answer to it was lost, or it is a late duplicate. Both need an answer.
      const oldest = this.#send.oldestSegment;
      if (oldest?.isControl) this.#sendSegment(oldest, nowMs);
      else this.#ackDeadlineMs = nowMs;
      return true;
    }
    const isPassive = this.#state === 'idle';
    this.#receive.start(advance(packet.sequence, packet.body.length));
    this.#peerScale = scale;
    this.#echoMs = packet.timestampMs;
    this.#state = 'open';
    if (isPassive) this.#send.write(serializeConnect(this.#windowScale), true);
    else this.#ackDeadlineMs = nowMs + ACK_DELAY_MS;
    this.#events.established();
    if (isPassive) this.#flush(nowMs);
    return !isPassive;
  }

  /** Returns false when the packet speaks of bytes that were never sent. */
  #receiveAcknowledgment(packet: PtcpPacket, nowMs: number): boolean {
    const behind = distance(packet.acknowledgment, this.#send.oldest);
    if (behind > 0) return true; // The packet was reordered; its body may still be new.
    const bytes = this.#send.acknowledge(packet.acknowledgment);
    if (bytes === undefined) return false;
    const windowBytes = packet.window * 2 ** this.#peerScale;
    const isUpdate = windowBytes > this.#peerWindowBytes;
    this.#peerWindowBytes = windowBytes;
    if (bytes > 0) this.#advanced(bytes, packet, nowMs);
    else if (packet.body.length === 0 && !isUpdate && this.#send.inFlightBytes > 0) {
      const isLost = this.#congestion.duplicate(this.#send.inFlightBytes, this.#send.next);
      if (isLost) this.#resendOldest(nowMs);
    }
    return true;
  }

  #advanced(bytes: number, packet: PtcpPacket, nowMs: number): void {
    const elapsedMs = ((nowMs >>> 0) - packet.echoMs) >>> 0;
    if (packet.echoMs !== 0 && elapsedMs < MAX_ROUND_TRIP_MS) this.#roundTrip.sample(elapsedMs);
    this.#resendDeadlineMs = this.#send.inFlightBytes > 0 ? nowMs + this.#roundTrip.timeoutMs : undefined;
    const isLost = this.#congestion.acknowledged(bytes, packet.acknowledgment, this.#send.inFlightBytes);
    if (isLost) this.#resendOldest(nowMs);
  }

  #receiveBody(packet: PtcpPacket, nowMs: number): void {
    const { sequence, body } = packet;
    const behind = distance(sequence, this.#lastAckSent);
    if (behind >= 0 && behind < body.length) this.#echoMs = packet.timestampMs;
    if (body.length === 0) {
      // An empty segment before the next byte is a window probe. One after it is not answered: two gaps would answer each other for ever.
      if (distance(sequence, this.#receive.next) > 0) this.#ackDeadlineMs = nowMs;
      return;
    }
    const arrival: Arrival = this.#receive.accept(sequence, body);
    if (arrival !== 'in-order' || this.#ackDeadlineMs !== undefined) this.#ackDeadlineMs = nowMs;
    else this.#ackDeadlineMs = nowMs + ACK_DELAY_MS;
    this.#deliver();
  }

  #deliver(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    for (let bytes = this.#next(); bytes; bytes = this.#next()) this.#events.deliver(bytes);
    this.#isDelivering = false;
  }

  #next(): Uint8Array | undefined {
    return this.#isPaused || this.#state === 'closed' ? undefined : this.#receive.take();
  }

  #flush(nowMs: number): void {
    if (this.#state === 'closed') return;
    for (;;) {
      const segment = this.#send.take(Math.min(this.#peerWindowBytes, this.#congestion.windowBytes));
      if (!segment) break;
      this.#sendSegment(segment, nowMs);
    }
    if (this.#ackDeadlineMs !== undefined && this.#ackDeadlineMs <= nowMs) this.#acknowledge(nowMs);
    if (this.#send.unsentBytes > 0) this.#resendDeadlineMs ??= nowMs + this.#roundTrip.timeoutMs;
  }

  #timedOut(nowMs: number): void {
    this.#resendDeadlineMs = undefined;
    const oldest = this.#send.oldestSegment;
    if (oldest) {
      const limit = oldest.isControl ? MAX_CONNECT_TRANSMISSIONS : MAX_TRANSMISSIONS;
      if (oldest.transmissions >= limit) {
        this.#close('silent');
        return;
      }
      this.#congestion.timedOut(this.#send.inFlightBytes, this.#send.next);
      this.#roundTrip.backOff();
      this.#sendSegment(oldest, nowMs);
    } else if (this.#send.unsentBytes > 0 && this.#peerWindowBytes === 0) {
      this.#roundTrip.backOff();
      this.#resendDeadlineMs = nowMs + this.#roundTrip.timeoutMs;
      this.#transmit(advance(this.#send.next, -1), 0, NO_BYTES, nowMs);
    } else this.#flush(nowMs);
  }

  #resendOldest(nowMs: number): void {
    const oldest = this.#send.oldestSegment;
    if (oldest) this.#sendSegment(oldest, nowMs);
  }

  #sendSegment(segment: Segment, nowMs: number): void {
    segment.transmissions++;
    this.#resendDeadlineMs ??= nowMs + this.#roundTrip.timeoutMs;
    this.#transmit(segment.sequence, segment.isControl ? PTCP_FLAG.control : 0, segment.bytes, nowMs);
  }

  #acknowledge(nowMs: number): void {
    this.#transmit(this.#send.next, 0, NO_BYTES, nowMs);
  }

  #transmit(sequence: number, flags: number, body: Uint8Array, nowMs: number): void {
    this.#ackDeadlineMs = undefined;
    this.#lastAckSent = this.#receive.next;
    this.#lastWindowSent = this.#receive.freeBytes;
    const isConnect = (flags & PTCP_FLAG.control) !== 0;
    this.#events.transmit({
      sequence,
      acknowledgment: this.#lastAckSent,
      flags,
      window: isConnect ? MAX_WINDOW : Math.floor(this.#lastWindowSent / 2 ** this.#windowScale),
      timestampMs: nowMs >>> 0,
      echoMs: this.#echoMs,
      body,
    });
  }

  #close(reason: 'reset' | 'silent'): void {
    this.#state = 'closed';
    this.#clearTimers();
    this.#events.closed(reason);
  }

  #clearTimers(): void {
    this.#ackDeadlineMs = undefined;
    this.#resendDeadlineMs = undefined;
  }
}
