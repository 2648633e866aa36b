/** Taps on each side of the centre, per step of decimation. */
const HALF_WIDTH = 4;
/**
 * The frequency from which on the filter weakens the sound, as a part of the highest one that the new rate can carry.
 */
const CUTOFF = 0.9;

/**
 * Brings sound to a lower rate. A windowed sinc filter removes the frequencies that the lower rate cannot carry,
 * which would be heard as noise.
 */
export class Downsampler {
  readonly #step: number;
  readonly #halfTaps: number;
  #history: Float32Array;
  /** Position of the next output, in input samples from the start of the history. */
  #at: number;

  constructor(fromHz: number, toHz: number) {
    this.#step = fromHz / toHz;
    this.#halfTaps = Math.ceil(HALF_WIDTH * this.#step);
    this.#history = new Float32Array(2 * this.#halfTaps);
    this.#at = this.#halfTaps;
  }

  push(input: Float32Array): Float32Array {
    const samples = new Float32Array(this.#history.length + input.length);
    samples.set(this.#history);
    samples.set(input, this.#history.length);
    const output: number[] = [];
    for (; this.#at + this.#halfTaps < samples.length; this.#at += this.#step) output.push(this.#filter(samples));
    const consumed = Math.max(Math.floor(this.#at) - this.#halfTaps, 0);
    this.#history = samples.slice(consumed);
    this.#at -= consumed;
    return Float32Array.from(output);
  }

  #filter(samples: Float32Array): number {
    const first = Math.max(Math.ceil(this.#at - this.#halfTaps), 0);
    const last = Math.min(Math.floor(this.#at + this.#halfTaps), samples.length - 1);
    let sum = 0;
    let weights = 0;
    for (let i = first; i <= last; i++) {
      const weight = this.#weight(i - this.#at);
      sum += (samples[i] as number) * weight;
      weights += weight;
    }
    return sum / weights;
  }

  /** Hann-windowed sinc. */
  #weight(distance: number): number {
    const x = (distance * CUTOFF * Math.PI) / this.#step;
    const sinc = x === 0 ? 1 : Math.sin(x) / x;
    return sinc * (0.5 + 0.5 * Math.cos((Math.PI * distance) / this.#halfTaps));
  }
}
