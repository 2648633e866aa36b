import type { SenderReport } from '../rtp/rtcp-packet.ts';
import type { RtpReceiver } from '../rtp/rtp-receiver.ts';

/** Reports whose clock differs this much from the media are wrong (local time, drift or invented values). */
const MAX_RATE_ERROR = 0.05;
const SMALLEST_SHIFT_US = 20_000;
/** No camera sends picture and sound this far apart, so reports that say so are wrong. */
const LARGEST_SHIFT_US = 2_000_000;

type Seen = { readonly report: SenderReport; readonly isTrusted: boolean };

/**
 * The tracks are first aligned by their arrival. Once two sender reports in a row make sense on both tracks, the sound is
 * moved once to where the camera says it belongs. What the reports say about the time of day is never used.
 */
export class LipSync {
  readonly #video: RtpReceiver;
  readonly #audio: RtpReceiver;
  readonly #seen = new Map<RtpReceiver, Seen>();
  #done = false;

  constructor(video: RtpReceiver, audio: RtpReceiver) {
    this.#video = video;
    this.#audio = audio;
  }

  report(receiver: RtpReceiver, report: SenderReport): void {
    if (this.#done) return;
    const before = this.#seen.get(receiver)?.report;
    const isTrusted = before !== undefined && keepsTime(before, report, receiver.options.clockRateHz);
    this.#seen.set(receiver, { report, isTrusted });
    const videoStartUs = this.#startOf(this.#video);
    const audioStartUs = this.#startOf(this.#audio);
    if (videoStartUs === undefined || audioStartUs === undefined) return;
    this.#done = true;
    const shiftUs = audioStartUs - videoStartUs;
    const size = Math.abs(shiftUs);
    if (size >= SMALLEST_SHIFT_US && size <= LARGEST_SHIFT_US) this.#audio.shift(shiftUs);
  }

  /** The camera's time at which the timeline of this track is zero. */
  #startOf(receiver: RtpReceiver): number | undefined {
    const seen = this.#seen.get(receiver);
    const positionUs = seen?.isTrusted ? receiver.clock.positionOf(seen.report.rtpTimestamp) : undefined;
    return seen === undefined || positionUs === undefined ? undefined : seen.report.ntpUs - positionUs;
  }
}

function keepsTime(before: SenderReport, after: SenderReport, clockRateHz: number): boolean {
  const mediaUs = (((after.rtpTimestamp - before.rtpTimestamp) | 0) * 1_000_000) / clockRateHz;
  const clockUs = after.ntpUs - before.ntpUs;
  return mediaUs > 0 && Math.abs(clockUs - mediaUs) <= mediaUs * MAX_RATE_ERROR;
}
