import type { VideoCodec } from '../../../shared/camera.ts';
import { GatewayError } from '../../platform/errors.ts';
import { type DepacketizerCounts, NO_UNITS, type RtpAccessUnit } from '../rtp/rtp-access-unit.ts';
import { h264NalTraits } from './h264-nal-traits.ts';
import { h265NalTraits } from './h265-nal-traits.ts';
import type { NalTraits } from './nal-traits.ts';
import { ParameterSetCache } from './parameter-set-cache.ts';

const MAX_UNIT_BYTES = 8 * 1024 * 1024;
const MAX_UNIT_NALS = 512;
const TOO_LARGE =
  'The camera sends single pictures of more than 8 MB, which Oriel does not pass on. Choose a lower resolution or bitrate in the camera.';
const CLOCK_RATE_HZ = 90_000;
/** A stream without IDR pictures (intra refresh) is entered at a recovery point, but only after waiting this long for one. */
const RECOVERY_POINT_AFTER_TICKS = 4 * CLOCK_RATE_HZ;

/**
 * Groups the NAL units of one video track into access units that the hub accepts. It trusts what the slices say more than
 * the RTP marker: FLIR never sets it; Tapo, Reolink and Ivel set it on parameter sets; some encoders set it on every slice.
 */
export class AccessUnitAssembler {
  readonly #traitsOf: (nal: Uint8Array) => NalTraits;
  readonly #counts: DepacketizerCounts;
  readonly #sets: ParameterSetCache;
  #done: RtpAccessUnit[] = [];
  #slices: Uint8Array[] = [];
  #changedSets: Uint8Array[] = [];
  #held: { readonly nal: Uint8Array; readonly traits: NalTraits }[] = [];
  #bytes = 0;
  #timestamp = 0;
  #receivedUs = 0;
  #isKey = false;
  #hasFirstSlice = false;
  /** The SEI message of the recovery point. */
  #recoveryPoint: Uint8Array | undefined;
  #sawSps = false;
  /** True after a loss: nothing can be decoded before the next key frame. */
  #broken = false;
  #marksEverySlice = false;
  #lastTimestamp: number | undefined;
  #keyTimestamp: number | undefined;
  #sawBSlice = false;
  /** A picture came through since the last one that was too large. */
  #sawPictureSinceTooLarge = false;

  constructor(codec: VideoCodec, parameterSets: readonly Uint8Array[], counts: DepacketizerCounts) {
    this.#traitsOf = codec === 'h264' ? h264NalTraits : h265NalTraits;
    this.#counts = counts;
    this.#sets = new ParameterSetCache(codec);
    for (const set of parameterSets) this.#sets.add(set, false);
  }

  get reorders(): boolean {
    return this.#sawBSlice || this.#sets.reorders;
  }

  /** The access units completed since the last call. */
  take(): readonly RtpAccessUnit[] {
    if (this.#done.length === 0) return NO_UNITS;
    const done = this.#done;
    this.#done = [];
    return done;
  }

  push(nal: Uint8Array, timestamp: number, receivedUs: number): void {
    const traits = this.#traitsOf(nal);
    if (traits.kind === 'ignored') return;
    if (this.#slices.length > 0) {
      if (timestamp !== this.#timestamp || (traits.kind === 'slice' && traits.startsPicture)) this.#finish();
      else if (traits.kind !== 'slice') {
        this.#hold(nal, traits);
        return;
      }
    }
    if (this.#held.length > 0) this.#addHeld();
    // Reolink RLC-822A stamps parameter sets with the time of the frame before: the slices decide.
    this.#timestamp = timestamp;
    this.#keyTimestamp ??= timestamp;
    if (traits.kind === 'slice') this.#addSlice(nal, traits, timestamp, receivedUs);
    else this.#addPrefix(nal, traits);
  }

  /** The packet had its marker set: the access unit ends, if it has begun at all. */
  marker(): void {
    if (this.#slices.length > 0 && !this.#marksEverySlice) this.#finish();
  }

  /** Packets are missing: what is being assembled is lost, and what follows until a key frame cannot be decoded. */
  lose(): void {
    if (this.#slices.length > 0) this.#counts.undecodable++;
    this.#broken = true;
    this.#reset();
  }

  /**
   * The picture being assembled exceeds a limit. A single one may be the result of damage on the way and is treated as lost.
   * When it happens again without any good picture in between, the camera really sends such pictures, and this throws
   * `picture-too-large`.
   */
  tooLarge(): void {
    this.lose();
    if (this.#sawPictureSinceTooLarge) this.#sawPictureSinceTooLarge = false;
    else throw new GatewayError('picture-too-large', TOO_LARGE);
  }

  /**
   * A parameter set with the same stamp as the slices before it belongs to the next picture or, as GStreamer repeats them,
   * between two slices of this one. The next slice shows which.
   */
  #hold(nal: Uint8Array, traits: NalTraits): void {
    if (this.#held.length < MAX_UNIT_NALS) this.#held.push({ nal, traits });
  }

  #addHeld(): void {
    for (const { nal, traits } of this.#held.splice(0)) this.#addPrefix(nal, traits);
  }

  #addPrefix(nal: Uint8Array, traits: NalTraits): void {
    if (traits.kind === 'recovery-point') this.#recoveryPoint = nal;
    if (traits.kind !== 'parameter-set') return;
    const changed = this.#sets.add(nal, traits.isSps && !this.#sawSps);
    if (traits.isSps) this.#sawSps = true;
    if (changed) this.#changedSets.push(nal);
  }

  #addSlice(nal: Uint8Array, traits: NalTraits & { kind: 'slice' }, timestamp: number, receivedUs: number): void {
    if (this.#slices.length === 0 && timestamp === this.#lastTimestamp && !traits.startsPicture) {
      // The rest of a picture whose marker came too early: from the next key frame on, markers are not believed.
      this.#marksEverySlice = true;
      this.#broken = true;
    }
    if (this.#slices.length === 0) this.#hasFirstSlice = traits.startsPicture;
    this.#slices.push(nal);
    this.#bytes += nal.length;
    this.#receivedUs = receivedUs;
    this.#isKey ||= traits.isRandomAccess;
    this.#sawBSlice ||= traits.isBidirectional;
    if (this.#bytes > MAX_UNIT_BYTES || this.#slices.length > MAX_UNIT_NALS) this.tooLarge();
  }

  #finish(): void {
    const sinceKey = (this.#timestamp - (this.#keyTimestamp ?? this.#timestamp)) | 0;
    const recoveryPoint = this.#isKey || sinceKey <= RECOVERY_POINT_AFTER_TICKS ? undefined : this.#recoveryPoint;
    const keyframe = this.#isKey || recoveryPoint !== undefined;
    if (keyframe && this.#hasFirstSlice && this.#sets.complete) {
      this.#broken = false;
      this.#keyTimestamp = this.#timestamp;
      // The SEI is kept: there is no IDR picture, and without this message decoders would show nothing.
      const start = recoveryPoint ? [recoveryPoint] : [];
      this.#emit(true, [...this.#sets.sets, ...start, ...this.#slices]);
    } else if (keyframe || this.#broken) {
      this.#broken = true;
      this.#counts.undecodable++;
    } else {
      this.#emit(false, this.#changedSets.length > 0 ? [...this.#changedSets, ...this.#slices] : this.#slices);
    }
    this.#lastTimestamp = this.#timestamp;
    this.#reset();
  }

  #emit(keyframe: boolean, payload: readonly Uint8Array[]): void {
    this.#sawPictureSinceTooLarge = true;
    this.#done.push({ timestamp: this.#timestamp, receivedUs: this.#receivedUs, keyframe, payload });
  }

  #reset(): void {
    this.#slices = [];
    this.#changedSets = [];
    this.#bytes = 0;
    this.#isKey = false;
    this.#recoveryPoint = undefined;
    this.#sawSps = false;
  }
}
