import { GatewayError } from '../../platform/errors.ts';
import type { AccessUnit, TrackInfo } from '../access-unit.ts';
import { parseRtcpPackets, type SenderReport, serializeReceiverReport } from './rtcp-packet.ts';
import type { RtpDepacketizer } from './rtp-access-unit.ts';
import { RtpClock } from './rtp-clock.ts';
import { createDepacketizer, type RtpFormat } from './rtp-format.ts';
import { parseRtpPacket, type RtpPacket } from './rtp-packet.ts';
import { RtpReorder } from './rtp-reorder.ts';
import { RtpStatistics, type RtpTraffic } from './rtp-statistics.ts';

export type RtpReceiverOptions = {
  /** Index among the source's tracks. */
  readonly track: number;
  readonly info: TrackInfo;
  readonly format: RtpFormat;
  readonly payloadType: number;
  readonly clockRateHz: number;
  /** When the connection began. */
  readonly startedUs: number;
  /** Datagrams can overtake each other; the bytes of a TCP connection cannot. */
  readonly mayReorder: boolean;
  /** Our own SSRC, which receiver reports carry. */
  readonly ssrc: number;
  /** The SSRC that the camera announced as its own, if it announced one. */
  readonly announcedSsrc?: number;
};

/** The accepted sender may be silent for this long before another one is accepted as its successor. */
const SUCCESSION_US = 2_000_000;
const CNAME = 'oriel';

/** Turns the bytes of one track from the network into access units. */
export class RtpReceiver {
  readonly options: RtpReceiverOptions;
  readonly clock: RtpClock;
  /** Packets that do not belong to this track: another payload type, the SSRC of an old session, or no RTP at all. */
  foreignPackets = 0;
  packets = 0;
  readonly #depacketizer: RtpDepacketizer;
  readonly #reorder: RtpReorder | undefined;
  readonly #statistics: RtpStatistics;
  #ssrc: number | undefined;
  #lastUs = 0;
  /** Added to every time, once sender reports have shown how the tracks stand to each other. */
  #shiftUs = 0;
  #lastPtsUs = 0;

  constructor(options: RtpReceiverOptions) {
    this.options = options;
    this.clock = new RtpClock(options.clockRateHz, options.startedUs);
    this.#depacketizer = createDepacketizer(options.info, options.format);
    this.#reorder = options.mayReorder ? new RtpReorder() : undefined;
    this.#statistics = new RtpStatistics(options.clockRateHz);
  }

  get counts(): RtpDepacketizer['counts'] {
    return this.#depacketizer.counts;
  }

  get traffic(): RtpTraffic {
    return this.#statistics.traffic;
  }

  pushRtp(bytes: Uint8Array, receivedUs: number, publish: (unit: AccessUnit) => void): void {
    const packet = tryParse(bytes);
    if (!packet || !this.#isOurs(packet, receivedUs)) {
      this.foreignPackets++;
      return;
    }
    this.packets++;
    this.#statistics.packet(packet, receivedUs);
    if (!this.#reorder) {
      this.#depacketize(packet, receivedUs, publish);
      return;
    }
    for (const ordered of this.#reorder.push(packet, receivedUs)) this.#depacketize(ordered, receivedUs, publish);
  }

  /** Returns the sender report of our sender, if there was one. */
  pushRtcp(bytes: Uint8Array, receivedUs: number): SenderReport | undefined {
    let found: SenderReport | undefined;
    for (const packet of parseRtcpPackets(bytes)) {
      if (packet.kind !== 'sender-report' || packet.ssrc !== this.#ssrc) continue;
      this.#statistics.senderReport(packet, receivedUs);
      found = packet;
    }
    return found;
  }

  /** A receiver report. It is empty before the first packet and is needed even then: some cameras stop without reports. */
  report(nowUs: number): Uint8Array {
    const report = this.#statistics.report(nowUs);
    return serializeReceiverReport(this.options.ssrc, report ? [report] : [], CNAME);
  }

  shift(us: number): void {
    this.#shiftUs += us;
  }

  #depacketize(packet: RtpPacket, receivedUs: number, publish: (unit: AccessUnit) => void): void {
    for (const unit of this.#depacketizer.push(packet, receivedUs)) {
      const { reorders } = this.#depacketizer;
      const ptsUs = this.clock.toUs(unit.timestamp, unit.receivedUs, reorders) + this.#shiftUs;
      this.#lastPtsUs = reorders ? ptsUs : Math.max(this.#lastPtsUs, ptsUs);
      publish({
        track: this.options.track,
        ptsUs: this.#lastPtsUs,
        receivedUs: unit.receivedUs,
        keyframe: unit.keyframe,
        payload: unit.payload,
      });
    }
  }

  /**
   * Old live555 servers write the media of an old session into a reused connection, and a camera may begin anew with another
   * SSRC. So one sender is believed until it falls silent; the announced one is believed at once.
   */
  #isOurs(packet: RtpPacket, receivedUs: number): boolean {
    if (packet.payloadType !== this.options.payloadType) return false;
    const isNew = packet.ssrc !== this.#ssrc;
    if (isNew && this.#ssrc !== undefined) {
      const isAnnounced = packet.ssrc === this.options.announcedSsrc;
      if (!isAnnounced && receivedUs - this.#lastUs < SUCCESSION_US) return false;
    }
    this.#ssrc = packet.ssrc;
    this.#lastUs = receivedUs;
    return true;
  }
}

function tryParse(bytes: Uint8Array): RtpPacket | undefined {
  try {
    return parseRtpPacket(bytes);
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}
