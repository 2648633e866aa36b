/** How many neighbours on each side an interpolated sample is computed from. */
const REACH = 8;

/**
 * Raises the sample rate of sound by a whole factor. Every `factor`th sample is an untouched original; the samples between
 * follow the band-limited curve through sixteen originals. The result is eight original samples (1 ms) late.
 */
export class Upsampler {
  readonly factor: number;
  readonly #phases: readonly Float64Array[];
  #held = new Int16Array(2 * REACH - 1);

  constructor(factor: number) {
    this.factor = factor;
    this.#phases = Array.from({ length: factor - 1 }, (_, index) => interpolation((index + 1) / factor));
  }

  push(samples: Int16Array): Int16Array {
    const { factor } = this;
    const row = new Int16Array(this.#held.length + samples.length);
    row.set(this.#held);
    row.set(samples, this.#held.length);
    const result = new Int16Array(samples.length * factor);
    for (let at = 0; at < samples.length; at++) {
      result[at * factor] = row[at + REACH - 1] as number;
      for (const [index, taps] of this.#phases.entries()) result[at * factor + index + 1] = between(row, at, taps);
    }
    this.#held = row.slice(samples.length);
    return result;
  }
}

function between(row: Int16Array, from: number, taps: Float64Array): number {
  let sum = 0;
  for (let tap = 0; tap < taps.length; tap++) sum += (row[from + tap] as number) * (taps[tap] as number);
  return Math.max(-32768, Math.min(32767, Math.round(sum)));
}

/** A windowed sinc for the point at `fraction` of the way from neighbour number `REACH` to the next one. */
function interpolation(fraction: number): Float64Array {
  const taps = Float64Array.from({ length: 2 * REACH }, (_, tap) => {
    const distance = tap - (REACH - 1) - fraction;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * distance) / REACH);
    return (window * Math.sin(Math.PI * distance)) / (Math.PI * distance);
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}
