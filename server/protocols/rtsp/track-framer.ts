import { type AccessUnit, type TrackInfo, unitBytes } from '../../media/access-unit.ts';
import { serializeSenderReport } from '../../media/rtp/rtcp-packet.ts';
import { RtpPacketizer } from '../../media/rtp/rtp-packetizer.ts';
import { FRAME_OVERHEAD_BYTES, FrameWriter } from './frame-writer.ts';
import { FramedUnit } from './framed-unit.ts';
import { INTERLEAVED_HEADER_BYTES } from './interleaved.ts';
import { payloadTypeOf, rtpClockHz } from './track-description.ts';
import type { PortPair } from './transport-header.ts';

/** Fits an Ethernet frame over IPv6 and UDP. */
const MAX_PAYLOAD_BYTES = 1440;
/** Fragment or aggregation header of a payload; an aggregate spends two more on each NAL unit in it. */
const PAYLOAD_HEADER_BYTES = 5;
/** RFC 3640: the size of the header section, and one header of 13 bits of size and 3 of index. */
const AAC_HEADER_BYTES = 4;
const CNAME = 'oriel';

/** One moment on the wall clock (microseconds since 1900) and in the stream (presentation time). */
export type ReportTime = { readonly ntpUs: number; readonly ptsUs: number };

/** Where a reader begins. RTP-Info carries these values. */
export type TrackPosition = { readonly sequence: number; readonly timestamp: number; readonly ssrc: number };

/** Random, as RFC 3550 asks, so that nobody can guess valid packets of the stream. */
export type FirstNumbers = { readonly ssrc: number; readonly sequence: number; readonly timestamp: number };

/**
 * Turns the units of one track into packets, which are the same for every reader. A unit keeps its sequence numbers however
 * often and however late it is framed again, so a reader who joins in the middle continues seamlessly.
 */
export class TrackFramer {
  readonly track: TrackInfo;
  /** The channel numbers that nearly every client asks for. */
  readonly channels: PortPair;
  readonly ssrc: number;
  readonly #payloadType: number;
  readonly #clockHz: number;
  readonly #firstTimestamp: number;
  readonly #packetizer: RtpPacketizer | undefined;
  readonly #sequences = new WeakMap<AccessUnit, number>();
  #nextSequence: number;
  #packets = 0;
  #payloadBytes = 0;

  constructor(track: TrackInfo, index: number, first: FirstNumbers) {
    this.track = track;
    this.channels = [index * 2, index * 2 + 1];
    this.ssrc = first.ssrc;
    this.#nextSequence = first.sequence;
    this.#firstTimestamp = first.timestamp;
    this.#payloadType = payloadTypeOf(track);
    this.#clockHz = rtpClockHz(track);
    this.#packetizer = track.kind === 'video' ? new RtpPacketizer(track.codec, MAX_PAYLOAD_BYTES) : undefined;
  }

  /** `stampUs` is the time to write instead of the unit's own; `report` puts a sender report in front. */
  frame(unit: AccessUnit, stampUs: number = unit.ptsUs, report?: ReportTime): FramedUnit {
    const rtcp = report && this.report(report);
    const known = this.#sequences.get(unit);
    const first = known ?? this.#nextSequence;
    const maxBytes = this.#bytesAtMost(unit) + (rtcp ? INTERLEAVED_HEADER_BYTES + rtcp.length : 0);
    const writer = new FrameWriter(maxBytes, this.channels, this.#payloadType, this.ssrc, first);
    if (rtcp) writer.rtcp(rtcp);
    this.#writePackets(unit, writer, this.timestampAt(stampUs));
    if (known === undefined) {
      this.#sequences.set(unit, first);
      this.#nextSequence = writer.sequence;
      this.#packets += (writer.sequence - first) & 0xffff;
      this.#payloadBytes += unitBytes(unit);
    }
    return new FramedUnit(writer.written, writer.starts, this.channels, rtcp !== undefined);
  }

  /** RFC 3550 clause 6.4.1: which RTP time belongs to which time of the wall clock. */
  report({ ntpUs, ptsUs }: ReportTime): Uint8Array {
    const rtpTimestamp = this.timestampAt(ptsUs);
    const counts = { packets: this.#packets >>> 0, bytes: this.#payloadBytes >>> 0 };
    return serializeSenderReport({ ssrc: this.ssrc, ntpUs, rtpTimestamp, ...counts }, CNAME);
  }

  /** Where a reader begins whose first unit is `unit`, or the next unit when it is undefined. */
  position(unit: AccessUnit | undefined, stampUs: number): TrackPosition {
    const known = unit && this.#sequences.get(unit);
    return { sequence: known ?? this.#nextSequence, timestamp: this.timestampAt(stampUs), ssrc: this.ssrc };
  }

  timestampAt(ptsUs: number): number {
    const seconds = Math.floor(ptsUs / 1_000_000);
    const ticks = seconds * this.#clockHz + Math.round(((ptsUs - seconds * 1_000_000) * this.#clockHz) / 1_000_000);
    return wrap32(this.#firstTimestamp + ticks);
  }

  #bytesAtMost(unit: AccessUnit): number {
    const bytes = unitBytes(unit);
    const packets = this.#packetizer?.countAtMost(unit.payload) ?? Math.ceil(bytes / MAX_PAYLOAD_BYTES) + 1;
    return bytes + packets * (FRAME_OVERHEAD_BYTES + PAYLOAD_HEADER_BYTES);
  }

  #writePackets(unit: AccessUnit, writer: FrameWriter, timestamp: number): void {
    if (this.track.kind === 'audio') {
      const sound = unit.payload[0] ?? new Uint8Array(0);
      if (this.track.codec === 'aac') writeAac(sound, writer, timestamp);
      else writeSamples(sound, writer, timestamp, this.track.channels);
    } else if (this.#packetizer) {
      this.#packetizer.start(unit.payload);
      while (!this.#packetizer.isDone) {
        const length = this.#packetizer.write(writer.bytes, writer.payloadOffset);
        writer.endPacket(length, this.#packetizer.isDone, timestamp);
      }
    }
  }
}

/** G.711 and G.722 come in runs of any length, and one byte is one tick; an Opus packet is never this long. */
function writeSamples(sound: Uint8Array, writer: FrameWriter, timestamp: number, channels: number): void {
  const step = MAX_PAYLOAD_BYTES - (MAX_PAYLOAD_BYTES % channels);
  for (let from = 0; from < sound.length; from += step) {
    const piece = sound.subarray(from, from + step);
    writer.bytes.set(piece, writer.payloadOffset);
    writer.endPacket(piece.length, false, wrap32(timestamp + from / channels));
  }
}

/** RFC 3640 clause 3.3.6 (AAC-hbr): one frame to a packet; one that does not fit is cut, each piece with the full size. */
function writeAac(frame: Uint8Array, writer: FrameWriter, timestamp: number): void {
  const step = MAX_PAYLOAD_BYTES - AAC_HEADER_BYTES;
  for (let from = 0; from < frame.length; from += step) {
    const piece = frame.subarray(from, from + step);
    const at = writer.payloadOffset;
    writer.bytes.set([0, 16, frame.length >> 5, (frame.length & 31) << 3], at);
    writer.bytes.set(piece, at + AAC_HEADER_BYTES);
    writer.endPacket(AAC_HEADER_BYTES + piece.length, from + step >= frame.length, timestamp);
  }
}

function wrap32(value: number): number {
  return ((value % 2 ** 32) + 2 ** 32) % 2 ** 32;
}
