import { randomInt } from 'node:crypto';
import type { AccessUnit, TrackInfo } from '../../media/access-unit.ts';
import { hastened } from '../../media/catch-up/haste.ts';
import type { Clock } from '../../platform/clock.ts';
import type { FramedUnit } from '../../protocols/rtsp/framed-unit.ts';
import { type ReportTime, TrackFramer, type TrackPosition } from '../../protocols/rtsp/track-framer.ts';

const REPORT_INTERVAL_US = 5_000_000;
const NTP_EPOCH_MS = 2_208_988_800_000;
/** How fast the difference between the camera's clock and ours is adapted: it follows drift and ignores jitter. */
const OFFSET_SMOOTHING = 16;
const OFFSET_STEP_US = 1_000_000;
/** The packets of one stream. Every unit is framed once, however many readers there are. */
export class StreamPackets {
  readonly framers: readonly TrackFramer[];
  readonly #clock: Clock;
  readonly #newest: ({ unit: AccessUnit; framed: FramedUnit } | undefined)[] = [];
  readonly #reportedUs: number[] = [];
  #offsetUs: number | undefined;

  constructor(tracks: readonly TrackInfo[], clock: Clock) {
    this.#clock = clock;
    this.framers = tracks.map((track, index) => {
      const first = { ssrc: random32(), sequence: randomInt(65_536), timestamp: random32() };
      return new TrackFramer(track, index, first);
    });
  }

  /** Whether the description of these tracks is still the one that present readers were given. */
  fits(tracks: readonly TrackInfo[]): boolean {
    return tracks.length === this.framers.length && tracks.every((track, at) => isSame(track, this.framers[at]?.track));
  }

  frame(unit: AccessUnit): FramedUnit | undefined {
    const newest = this.#newest[unit.track];
    if (newest?.unit === unit) return newest.framed;
    const framer = this.framers[unit.track];
    if (!framer) return undefined;
    this.follow(unit);
    const framed = framer.frame(unit, unit.ptsUs, this.#reportIfDue(unit.track));
    this.#newest[unit.track] = { unit, framed };
    return framed;
  }

  /** Frames a past unit for one reader who joined at `joinUs`, with its time compressed towards the present. */
  frameInHaste(unit: AccessUnit, joinUs: number): FramedUnit | undefined {
    return this.framers[unit.track]?.frame(unit, hastened(unit.ptsUs, joinUs));
  }

  isVideo(track: number): boolean {
    return this.framers[track]?.track.kind === 'video';
  }

  /** What RTP-Info says about `track` to a reader whose first picture is `first`. */
  position(track: number, first: AccessUnit, joinUs: number): TrackPosition | undefined {
    return this.framers[track]?.position(first.track === track ? first : undefined, hastened(first.ptsUs, joinUs));
  }

  /** Learns from a unit how the camera's clock differs from ours, which reports need. */
  follow(unit: AccessUnit): void {
    const offsetUs = unit.receivedUs - unit.ptsUs;
    const known = this.#offsetUs;
    const isStep = known === undefined || Math.abs(offsetUs - known) > OFFSET_STEP_US;
    this.#offsetUs = isStep ? offsetUs : known + (offsetUs - known) / OFFSET_SMOOTHING;
  }

  report(track: number): Uint8Array | undefined {
    const time = this.#now();
    return time && this.framers[track]?.report(time);
  }

  #reportIfDue(track: number): ReportTime | undefined {
    const nowUs = this.#clock.nowUs();
    if (nowUs - (this.#reportedUs[track] ?? Number.NEGATIVE_INFINITY) < REPORT_INTERVAL_US) return undefined;
    this.#reportedUs[track] = nowUs;
    return this.#now();
  }

  /** There is one offset for all tracks, so that sound and picture keep their alignment. */
  #now(): ReportTime | undefined {
    if (this.#offsetUs === undefined) return undefined;
    return {
      ntpUs: (this.#clock.wallMs() + NTP_EPOCH_MS) * 1000,
      ptsUs: this.#clock.nowUs() - this.#offsetUs,
    };
  }
}

/** Parameter sets may change, because key frames contain them. */
function isSame(track: TrackInfo, known: TrackInfo | undefined): boolean {
  if (track.kind === 'video' || known?.kind !== 'audio')
    return track.kind === known?.kind && track.codec === known.codec;
  const sameConfig = Buffer.compare(track.config ?? new Uint8Array(0), known.config ?? new Uint8Array(0)) === 0;
  return (
    track.codec === known.codec &&
    track.sampleRateHz === known.sampleRateHz &&
    track.channels === known.channels &&
    sameConfig
  );
}

function random32(): number {
  return randomInt(2 ** 32);
}
