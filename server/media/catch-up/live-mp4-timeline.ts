import { splitFragment } from '../mp4/fmp4-fragment.ts';
import type { MediaFragment } from '../mp4/fmp4-muxer.ts';
import { VIDEO_TIMESCALE, videoTicks } from '../mp4/fmp4-sample-entry.ts';
import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from '../mp4/mp4-track.ts';
import { Recap } from './recap.ts';

/** Together more than the sound that browsers want at hand before they begin. */
const RECAP = { keyUs: 100_000, restUs: 260_000 };
/**
 * While a viewer fetches and decodes the pictures since the key frame, more pictures arrive. They belong to the recap too, or
 * the viewer would begin late by that time. This goes on at least while a fast browser plays the recap, and longer when there
 * is much to fetch and to decode.
 */
const LEAD = { leastUs: 250_000, usPerByte: 0.08, mostUs: 750_000 };

/**
 * One reader's live.mp4. It begins at zero whenever the reader comes (VLC treats a first picture at three hours as the end of
 * the film). When a recap is wanted, the pictures that the reader missed since the key frame are shown within a moment. Sound
 * from before the first picture is left out.
 */
export class LiveMp4Timeline {
  #recap: Recap | undefined;
  /** The time of the last picture that belongs to the recap. */
  #recapUntilUs = 0;
  /** In ticks of the video track; known from the first picture on. */
  #originTicks: number | undefined;

  /** `missed` is the current group of pictures so far. */
  constructor(missed: readonly MediaFragment[], withRecap: boolean) {
    const pictures = missed.filter(({ hasPicture }) => hasPicture);
    if (withRecap) this.#planRecap(pictures);
  }

  /** The fragment for this reader, in pieces. It is empty when the whole fragment is left out. */
  restamp(fragment: MediaFragment): readonly Uint8Array[] {
    if (fragment.timeUs > this.#recapUntilUs) this.#recap = undefined;
    const { header, runs, data } = splitFragment(fragment.bytes);
    this.#originTicks ??= runs.find(({ trackId }) => trackId === VIDEO_TRACK_ID)?.decodeTicks;
    if (this.#originTicks === undefined) return [];
    const soundTimescale = fragment.init.audioEntry?.timescale ?? 0;
    const soundOrigin = Math.round((this.#originTicks / VIDEO_TIMESCALE) * soundTimescale);
    let isEmpty = true;
    for (const run of runs) {
      const isSound = run.trackId === AUDIO_TRACK_ID;
      const originTicks = isSound ? soundOrigin : this.#originTicks;
      if (!isSound) this.#recap?.rewrite(run);
      if (isSound && run.decodeTicks < originTicks) {
        run.leaveOut();
        continue;
      }
      run.decodeTicks -= originTicks;
      isEmpty = false;
    }
    return isEmpty ? [] : [header, data];
  }

  #planRecap(pictures: readonly MediaFragment[]): void {
    const [first, last] = [pictures[0], pictures.at(-1)];
    const keyTicks = first?.runs[0]?.baseTicks;
    const lastTicks = last?.runs[0]?.baseTicks;
    if (keyTicks === undefined || lastTicks === undefined) return;
    // Sound cannot be sent before its time, and browsers want some of it buffered before they begin.
    const leadUs = first?.init.audioEntry ? 0 : leadUsOf(pictures);
    const untilTicks = lastTicks + videoTicks(leadUs);
    const restTicks = untilTicks - videoTicks(RECAP.restUs);
    const beginsTicks = restTicks - videoTicks(RECAP.keyUs);
    const points = [
      { ticks: keyTicks, toldTicks: beginsTicks },
      { ticks: keyTicks + 1, toldTicks: restTicks },
      { ticks: untilTicks, toldTicks: untilTicks },
    ];
    const aheadTicks = first?.runs[0]?.samples[0]?.compositionTicks ?? 0;
    this.#recap = Recap.of(points, { aheadTicks });
    if (!this.#recap) return;
    this.#originTicks = beginsTicks;
    // A B-frame behind it may be shown before a picture in it.
    this.#recapUntilUs = (last?.timeUs ?? 0) + leadUs + (aheadTicks / VIDEO_TIMESCALE) * 1_000_000;
  }
}

function leadUsOf(pictures: readonly MediaFragment[]): number {
  const byteCount = pictures.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return Math.min(LEAD.leastUs + byteCount * LEAD.usPerByte, LEAD.mostUs);
}
