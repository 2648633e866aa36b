import type { AccessUnit, AudioTrack } from '../access-unit.ts';
import { type AudioPackager, type AudioSample, createAudioPackager } from './audio-samples.ts';

/** Cameras stamp sound with jitter. While the difference is smaller than this, counting samples gives the better time. */
const TOLERANCE_US = 60_000;
/** A longer gap is treated as a new beginning and is not filled with silence. */
const MAX_FILL_US = 10_000_000;
/** A player with sound and picture waits for both, so sound that is missing for this long is replaced by silence. */
const QUIET_AFTER_US = 400_000;
const QUIET_MARGIN_US = 200_000;

/** One track's sound as an unbroken sequence of samples: gaps are filled with silence, and repeated sound is left out. */
export class AudioTimeline {
  readonly #packager: AudioPackager;
  readonly #originUs: number;
  #waiting: AudioSample[] = [];
  #waitingTicks = 0;
  #endTicks: number | undefined;
  #lastReceivedUs = 0;
  #firstPicture: { readonly receivedUs: number; readonly ptsUs: number } | undefined;

  constructor(track: AudioTrack, originUs: number) {
    this.#packager = createAudioPackager(track);
    this.#originUs = originUs;
  }

  push(unit: AccessUnit): void {
    const startTicks = this.#ticks(unit.ptsUs - this.#originUs);
    if (startTicks < 0) return;
    const drift = startTicks - (this.#endTicks ?? startTicks);
    if (drift < -this.#ticks(TOLERANCE_US)) return;
    this.#lastReceivedUs = unit.receivedUs;
    if (drift > this.#ticks(MAX_FILL_US)) this.#startAnew();
    else if (drift > this.#ticks(TOLERANCE_US)) this.#fill(startTicks);
    this.#endTicks ??= startTicks;
    for (const sample of this.#packager.push(unit)) this.#append(sample);
  }

  /** Called with each picture: the camera may have stopped sending sound, or announced some and never sent any. */
  pictureReceived(receivedUs: number, ptsUs: number): void {
    if (!this.#firstPicture) {
      this.#firstPicture = { receivedUs, ptsUs };
      this.#lastReceivedUs ||= receivedUs;
    }
    const silentUs = receivedUs - this.#lastReceivedUs;
    if (silentUs < QUIET_AFTER_US) return;
    this.#endTicks ??= this.#ticks(Math.max(this.#firstPicture.ptsUs - this.#originUs, 0));
    const fillUs = silentUs - QUIET_MARGIN_US;
    this.#lastReceivedUs += fillUs;
    this.#fill(this.#endTicks + this.#ticks(fillUs));
  }

  get waitingUs(): number {
    return (this.#waitingTicks / this.#packager.timescale) * 1_000_000;
  }

  /** Takes the samples that have gathered since the last call. */
  take(): { baseTicks: number; samples: readonly AudioSample[] } | undefined {
    if (this.#endTicks === undefined || this.#waiting.length === 0) return undefined;
    const taken = { baseTicks: this.#endTicks - this.#waitingTicks, samples: this.#waiting };
    this.#waiting = [];
    this.#waitingTicks = 0;
    return taken;
  }

  #ticks(us: number): number {
    return Math.round((us / 1_000_000) * this.#packager.timescale);
  }

  #append(sample: AudioSample): void {
    this.#waiting.push(sample);
    this.#waitingTicks += sample.durationTicks;
    this.#endTicks = (this.#endTicks ?? 0) + sample.durationTicks;
  }

  #fill(untilTicks: number): void {
    for (;;) {
      const quiet = this.#packager.silence();
      if (!quiet) {
        this.#startAnew();
        return;
      }
      if ((this.#endTicks ?? untilTicks) + quiet.durationTicks > untilTicks) return;
      this.#append(quiet);
    }
  }

  /** Forgets the position: the next unit says where the sound continues. */
  #startAnew(): void {
    this.#endTicks = undefined;
    this.#waiting = [];
    this.#waitingTicks = 0;
  }
}
