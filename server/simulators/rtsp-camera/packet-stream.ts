import { randomInt } from 'node:crypto';
import { RTP_HEADER_BYTES, writeRtpHeader } from '../../media/rtp-packet.ts';
import type { RtspCameraQuirks } from '../rtsp-camera-quirks.ts';
import type { CameraPayload } from './payloads.ts';

const HOURS_AWAY_TICKS = 5 * 3600 * 90_000;
const NTP_TO_UNIX_S = 2_208_988_800;

/** Numbers, stamps and reports of one track of one session, with the camera's habits. */
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

  /** The packets of one unit that stands `atS` seconds from the camera's time zero. */
  packets(payloads: readonly CameraPayload[], atS: number): Uint8Array[] {
    this.#maybeRestart(atS);
    const previous = this.#lastTimestamp;
    const timestamp = this.#stamp(atS);
    this.#units++;
    this.#lastTimestamp = timestamp;
    return payloads.flatMap((payload) => this.#packet(payload, payload.previousStamp ? previous : timestamp));
  }

  /** RFC 3550 clause 6.4.1, without report blocks, and an SDES with a name. */
  senderReport(nowMs: number): Uint8Array {
    const { ntp } = this.#quirks.timing ?? {};
    const seconds = ntp === '1970' ? nowMs / 1000 - 1_600_000_000 : nowMs / 1000;
    const report = Buffer.alloc(28 + 16);
    report.set([0x80, 200, 0, 6]);
    report.writeUInt32BE(ntp === 'foreign-ssrc' ? 0x0badcafe : this.#ssrc, 4);
    report.writeUInt32BE(ntp === 'none' ? 0 : (Math.floor(seconds) + NTP_TO_UNIX_S) >>> 0, 8);
    report.writeUInt32BE(ntp === 'none' ? 0 : Math.floor((seconds % 1) * 2 ** 32) >>> 0, 12);
    report.writeUInt32BE(this.#lastTimestamp, 16);
    report.writeUInt32BE(this.#packets, 20);
    report.writeUInt32BE(this.#octets >>> 0, 24);
    report.set([0x81, 202, 0, 3], 28);
    report.writeUInt32BE(this.#ssrc, 32);
    report.set([1, 5, ...Buffer.from('oriel'), 0], 36);
    return report;
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
