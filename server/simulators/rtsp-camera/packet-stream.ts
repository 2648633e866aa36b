import { randomInt } from 'node:crypto';
import { serializeSenderReport } from '../../media/rtp/rtcp-packet.ts';
import { RTP_HEADER_BYTES, writeRtpHeader } from '../../media/rtp/rtp-packet.ts';
import type { RtspCameraQuirks } from '../rtsp-camera-quirks.ts';
import type { CameraPayload } from './payloads.ts';

const HOURS_AWAY_TICKS = 5 * 3600 * 90_000;
const NTP_EPOCH_MS = 2_208_988_800_000;
const BEFORE_THE_CLOCK_IS_SET_MS = 1_600_000_000_000;
const FOREIGN_SSRC = 0x0badcafe;

/** Sequence numbers, timestamps and reports of one track of one session, with the camera's quirks. */
export class PacketStream {
  readonly payloadType: number;
  readonly clockRateHz: number;
  readonly #quirks: RtspCameraQuirks;
  readonly #firstTimestamp: number;
  #ssrc = randomInt(1, 2 ** 32 - 1);
  #sequence: number;
  #units = 0;
  #restartAt = 0;
  #packets = 0;
  #octets = 0;
  #lastTimestamp: number;

  constructor(payloadType: number, clockRateHz: number, quirks: RtspCameraQuirks) {
    this.payloadType = payloadType;
    this.clockRateHz = clockRateHz;
    this.#quirks = quirks;
    this.#sequence = quirks.timing?.firstSequence ?? randomInt(0, 65_536);
    this.#firstTimestamp = quirks.timing?.firstTimestamp ?? randomInt(0, 2 ** 32 - 1);
    this.#lastTimestamp = this.#firstTimestamp;
  }

  get ssrc(): number {
    return this.#ssrc;
  }

  get nextSequence(): number {
    return this.#sequence & 0xffff;
  }

  get lastTimestamp(): number {
    return this.#lastTimestamp;
  }

  /** The packets of one unit whose time is `atS` seconds after the camera's time zero. */
  packets(payloads: readonly CameraPayload[], atS: number): Uint8Array[] {
    this.#maybeRestart(atS);
    const previous = this.#lastTimestamp;
    const timestamp = this.#stamp(atS);
    this.#units++;
    this.#lastTimestamp = timestamp;
    return payloads.flatMap((payload) => this.#packet(payload, payload.previousStamp ? previous : timestamp));
  }

  senderReport(nowMs: number): Uint8Array {
    const { ntp } = this.#quirks.timing ?? {};
    const sinceEpochMs = ntp === '1970' ? nowMs - BEFORE_THE_CLOCK_IS_SET_MS : nowMs;
    const report = {
      ssrc: ntp === 'foreign-ssrc' ? FOREIGN_SSRC : this.#ssrc,
      ntpUs: ntp === 'none' ? 0 : (sinceEpochMs + NTP_EPOCH_MS) * 1000,
      rtpTimestamp: this.#lastTimestamp,
      packets: this.#packets,
      bytes: this.#octets >>> 0,
    };
    return serializeSenderReport(report, 'camera');
  }

  #maybeRestart(atS: number): void {
    const { framing, timing } = this.#quirks;
    if (framing?.newSsrcAfterFrames === this.#units) {
      this.#ssrc = (this.#ssrc ^ 0x55555555) >>> 0;
      this.#sequence = randomInt(0, 65_536);
    }
    if (timing?.restartAfterFrames === this.#units) this.#restartAt = atS;
  }

  #stamp(atS: number): number {
    const { timing } = this.#quirks;
    if (timing?.allEqual) return this.#firstTimestamp;
    const restarted = this.#restartAt > 0;
    const ticks = Math.round((atS - this.#restartAt) * (timing?.clockRateHz ?? this.clockRateHz));
    const isStray = timing?.strayStampEvery !== undefined && this.#units % timing.strayStampEvery === 1;
    return wrap32((restarted ? 0 : this.#firstTimestamp) + ticks + (isStray ? HOURS_AWAY_TICKS : 0));
  }

  #packet(payload: CameraPayload, timestamp: number): Uint8Array[] {
    const { framing, video } = this.#quirks;
    const header = {
      payloadType: this.payloadType,
      marker: payload.marker,
      sequenceNumber: this.#sequence++ & 0xffff,
      timestamp,
      ssrc: this.#ssrc,
    };
    this.#packets++;
    this.#octets += payload.bytes.length;
    const isDamaged = video?.forbiddenBitEvery !== undefined && this.#packets % video.forbiddenBitEvery === 0;
    const bytes = isDamaged ? withForbiddenBit(payload.bytes) : payload.bytes;
    const packet = framing?.decoratedPackets ? decorated(bytes) : plain(bytes);
    writeRtpHeader(packet, 0, header);
    if (framing?.decoratedPackets) packet[0] = 0xb2;
    const packets = [packet];
    if (framing?.payloadType50) {
      const copy = plain(payload.bytes);
      writeRtpHeader(copy, 0, { ...header, payloadType: 50 });
      packets.push(copy);
    }
    if (framing?.emptyPayloads) {
      const empty = new Uint8Array(RTP_HEADER_BYTES);
      writeRtpHeader(empty, 0, { ...header, marker: false, sequenceNumber: this.#sequence++ & 0xffff });
      packets.push(empty);
    }
    return packets;
  }
}

function plain(payload: Uint8Array): Uint8Array {
  const packet = new Uint8Array(RTP_HEADER_BYTES + payload.length);
  packet.set(payload, RTP_HEADER_BYTES);
  return packet;
}

/** Two contributing sources, one extension word, four bytes of padding; the first byte is set by the caller to 0xb2. */
function decorated(payload: Uint8Array): Uint8Array {
  const packet = new Uint8Array(RTP_HEADER_BYTES + 8 + 8 + payload.length + 4);
  packet.set([0xab, 0xac, 0, 1, 1, 2, 3, 4], RTP_HEADER_BYTES + 8);
  packet.set(payload, RTP_HEADER_BYTES + 16);
  packet[packet.length - 1] = 4;
  return packet;
}

function withForbiddenBit(payload: Uint8Array): Uint8Array {
  const damaged = payload.slice();
  damaged[0] = (damaged[0] ?? 0) | 0x80;
  return damaged;
}

function wrap32(value: number): number {
  return ((value % 2 ** 32) + 2 ** 32) % 2 ** 32;
}
