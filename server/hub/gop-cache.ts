import { type AccessUnit, unitBytes } from '../media/access-unit.ts';

export type GopLimits = { readonly maxBytes: number; readonly maxMs: number };

/** 30 s at 8 Mbit/s. With a camera that sends more, new viewers wait for its next key frame. */
const DEFAULT_GOP_LIMITS: GopLimits = { maxBytes: 32 * 1024 * 1024, maxMs: 30_000 };

/** The units since the last key frame, so that a viewer who joins need not wait for the next one. */
export class GopCache {
  readonly #limits: GopLimits;
  #units: AccessUnit[] = [];
  #bytes = 0;

  constructor(limits: GopLimits = DEFAULT_GOP_LIMITS) {
    this.#limits = limits;
  }

  /** `isVideo` is the kind of the unit's track. Sound is only cached after a key frame. */
  add(unit: AccessUnit, isVideo: boolean): void {
    if (isVideo && unit.keyframe) this.clear();
    else if (this.#units.length === 0) return;
    this.#units.push(unit);
    this.#bytes += unitBytes(unit);
    const first = this.#units[0] as AccessUnit;
    if (this.#bytes > this.#limits.maxBytes || unit.receivedUs - first.receivedUs > this.#limits.maxMs * 1000) {
      this.clear();
    }
  }

  /** A snapshot of the units from the key frame on. Empty when there is no key frame. */
  units(): readonly AccessUnit[] {
    return this.#units.slice();
  }

  clear(): void {
    this.#units = [];
    this.#bytes = 0;
  }
}
