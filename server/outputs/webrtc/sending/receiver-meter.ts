import type { ReceptionReport } from '../../../media/rtp/rtcp-packet.ts';

/** Middle 32 bits of NTP time in units of 1/65536 s, as receivers quote it. */
const NTP_UNITS_PER_MS = 65.536;

/** What one viewer's reports and our own counting say about its connection. */
export class ReceiverMeter {
  bitrateKbps: number | undefined;
  lossPercent: number | undefined;
  roundTripMs: number | undefined;
  #bytes = 0;
  #atMs: number | undefined;

  /** Call about once a second with everything sent so far. */
  measure(sentBytes: number, nowMs: number): void {
    if (this.#atMs !== undefined && nowMs > this.#atMs)
      this.bitrateKbps = Math.round(((sentBytes - this.#bytes) * 8) / (nowMs - this.#atMs));
    this.#bytes = sentBytes;
    this.#atMs = nowMs;
  }

  /** `ntpMiddle` is the middle of the NTP time now, by the clock that our sender reports carry. */
  takeReport(report: ReceptionReport, ntpMiddle: number): void {
    this.lossPercent = Math.round((report.fractionLost * 1000) / 256) / 10;
    if (report.lastSenderReport === 0) return;
    const elapsed = (ntpMiddle - report.lastSenderReport - report.delaySinceLastSenderReport) >>> 0;
    // A report that quotes a time ahead of ours, or minutes ago, measures nothing.
    if (elapsed < 65_536 * 30) this.roundTripMs = Math.round((elapsed / NTP_UNITS_PER_MS) * 10) / 10;
  }
}
