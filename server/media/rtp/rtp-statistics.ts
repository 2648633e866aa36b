import type { ReceptionReport, SenderReport } from './rtcp-packet.ts';
import type { RtpPacket } from './rtp-packet.ts';
import { sequenceDistance } from './rtp-sequence.ts';

/** How many packets were sent, judging by their numbers, and how many arrived. */
export type RtpTraffic = { readonly expected: number; readonly received: number };

/** What a receiver tells the sender about one stream (RFC 3550 clause 6.4 and appendix A). */
export class RtpStatistics {
  readonly #clockRateHz: number;
  #ssrc = 0;
  #first = 0;
  #highest = -1;
  #received = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #transit = 0;
  #jitter = 0;
  #lastReport: { readonly middle: number; readonly receivedUs: number } | undefined;

  constructor(clockRateHz: number) {
    this.#clockRateHz = clockRateHz;
  }

  packet(packet: RtpPacket, receivedUs: number): void {
    if (this.#highest === -1 || packet.ssrc !== this.#ssrc) this.#begin(packet);
    const ahead = sequenceDistance(this.#highest & 0xffff, packet.sequenceNumber);
    if (ahead > 0) this.#highest += ahead;
    this.#received++;
    const arrival = (receivedUs * this.#clockRateHz) / 1_000_000;
    const transit = arrival - packet.timestamp;
    if (this.#received > 1) this.#jitter += (Math.abs((transit - this.#transit) | 0) - this.#jitter) / 16;
    this.#transit = transit;
  }

  senderReport(report: SenderReport, receivedUs: number): void {
    this.#lastReport = { middle: report.ntpMiddle, receivedUs };
  }

  /** Packets since the stream began. */
  get traffic(): RtpTraffic {
    return { expected: this.#highest === -1 ? 0 : this.#highest - this.#first + 1, received: this.#received };
  }

  /** Undefined before the first packet. Counts what was lost since the last call. */
  report(nowUs: number): ReceptionReport | undefined {
    if (this.#highest === -1) return undefined;
    const expected = this.#highest - this.#first + 1;
    const expectedSince = expected - this.#expectedBefore;
    const lostSince = expectedSince - (this.#received - this.#receivedBefore);
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    const last = this.#lastReport;
    return {
      ssrc: this.#ssrc,
      fractionLost: lostSince > 0 ? Math.min(255, Math.floor((lostSince * 256) / expectedSince)) : 0,
      packetsLost: expected - this.#received,
      highestSequence: this.#highest,
      jitter: Math.round(this.#jitter),
      lastSenderReport: last?.middle ?? 0,
      delaySinceLastSenderReport: last ? Math.round(((nowUs - last.receivedUs) * 65_536) / 1_000_000) : 0,
    };
  }

  #begin(packet: RtpPacket): void {
    this.#ssrc = packet.ssrc;
    this.#first = packet.sequenceNumber;
    this.#highest = packet.sequenceNumber;
    this.#received = 0;
    this.#expectedBefore = 0;
    this.#receivedBefore = 0;
    this.#jitter = 0;
    this.#lastReport = undefined;
  }
}
