/** ITU-T G.722 at 64 kbit/s: one byte becomes two samples at 16 kHz. The state is kept from call to call. */
export class G722Decoder {
  readonly #low = new AdaptiveBand(32);
  readonly #high = new AdaptiveBand(8);
  readonly #filter = new Int32Array(24);

  decode(coded: Uint8Array): Int16Array {
    const samples = new Int16Array(coded.length * 2);
    for (let index = 0; index < coded.length; index++) {
      const code = coded[index] as number;
      const low = this.#decodeLow(code & 0x3f);
      const high = this.#decodeHigh(code >> 6);
      this.#synthesise(low, high, samples, index * 2);
    }
    return samples;
  }

  #decodeLow(code: number): number {
    const band = this.#low;
    const coarse = code >> 2;
    const value = clamp(band.predicted + ((band.step * (LOW_FINE[code] as number)) >> 15), 16_383);
    const difference = (band.step * (LOW_COARSE[coarse] as number)) >> 15;
    band.scale(LOW_LOG[LOW_LOG_INDEX[coarse] as number] as number, 18_432, 8);
    band.adapt(difference);
    return value;
  }

  #decodeHigh(code: number): number {
    const band = this.#high;
    const difference = (band.step * (HIGH_FINE[code] as number)) >> 15;
    const value = clamp(band.predicted + difference, 16_383);
    band.scale(HIGH_LOG[code & 1 ? 0 : 1] as number, 22_528, 10);
    band.adapt(difference);
    return value;
  }

  /** The receive quadrature mirror filter, clause 4.4. */
  #synthesise(low: number, high: number, samples: Int16Array, at: number): void {
    const filter = this.#filter;
    filter.copyWithin(0, 2);
    filter[22] = low + high;
    filter[23] = low - high;
    let even = 0;
    let odd = 0;
    for (let tap = 0; tap < 12; tap++) {
      odd += (filter[tap * 2] as number) * (MIRROR_FILTER[tap] as number);
      even += (filter[tap * 2 + 1] as number) * (MIRROR_FILTER[11 - tap] as number);
    }
    samples[at] = clamp(even >> 11, 32_767);
    samples[at + 1] = clamp(odd >> 11, 32_767);
  }
}

/** Adaptive quantiser and predictor of one band, clauses 3.3 to 3.6 (two poles, six zeros). */
class AdaptiveBand {
  predicted = 0;
  step: number;
  #logStep = 0;
  #zeroPart = 0;
  readonly #poles = new Int32Array(3);
  readonly #zeros = new Int32Array(7);
  readonly #reconstructed = new Int32Array(3);
  readonly #partial = new Int32Array(3);
  readonly #differences = new Int32Array(7);

  constructor(step: number) {
    this.step = step;
  }

  scale(logMultiplier: number, limit: number, shift: number): void {
    this.#logStep = Math.min(Math.max(((this.#logStep * 127) >> 7) + logMultiplier, 0), limit);
    const mantissa = INVERSE_LOG[(this.#logStep >> 6) & 31] as number;
    const exponent = shift - (this.#logStep >> 11);
    this.step = (exponent < 0 ? mantissa << -exponent : mantissa >> exponent) << 2;
  }

  adapt(difference: number): void {
    this.#differences[0] = difference;
    this.#reconstructed[0] = saturate(this.predicted + difference);
    this.#partial[0] = saturate(this.#zeroPart + difference);
    this.#adaptPoles();
    this.#adaptZeros(difference);
    this.#differences.copyWithin(1, 0, 6);
    this.#reconstructed.copyWithin(1, 0, 2);
    this.#partial.copyWithin(1, 0, 2);
    this.#predict();
  }

  #adaptPoles(): void {
    const poles = this.#poles;
    const [now, before, earlier] = [this.#partial[0], this.#partial[1], this.#partial[2]] as [number, number, number];
    const first = poles[1] as number;
    const turned = saturate(first << 2);
    const slope = sameSign(now, before) ? Math.min(-turned, 32_767) : turned;
    const drift = (sameSign(now, earlier) ? 128 : -128) + (slope >> 7);
    const second = clampBoth(drift + (((poles[2] as number) * 32_512) >> 15), 12_288);
    const limit = saturate(15_360 - second);
    const grown = saturate((sameSign(now, before) ? 192 : -192) + ((first * 32_640) >> 15));
    poles[1] = clampBoth(grown, limit);
    poles[2] = second;
  }

  #adaptZeros(difference: number): void {
    const gain = difference === 0 ? 0 : 128;
    for (let tap = 1; tap <= 6; tap++) {
      const pull = sameSign(this.#differences[tap] as number, difference) ? gain : -gain;
      this.#zeros[tap] = saturate(pull + (((this.#zeros[tap] as number) * 32_640) >> 15));
    }
  }

  #predict(): void {
    let poleSum = 0;
    for (let tap = 1; tap <= 2; tap++)
      poleSum += ((this.#poles[tap] as number) * saturate(2 * (this.#reconstructed[tap] as number))) >> 15;
    let zeroSum = 0;
    for (let tap = 1; tap <= 6; tap++)
      zeroSum += ((this.#zeros[tap] as number) * saturate(2 * (this.#differences[tap] as number))) >> 15;
    this.#zeroPart = saturate(zeroSum);
    this.predicted = saturate(saturate(poleSum) + this.#zeroPart);
  }
}

function sameSign(a: number, b: number): boolean {
  return a < 0 === b < 0;
}

function saturate(value: number): number {
  return clamp(value, 32_767);
}

/** Limits a value to two's complement, which has one more number below zero than above it. */
function clamp(value: number, top: number): number {
  return Math.min(Math.max(value, -top - 1), top);
}

function clampBoth(value: number, limit: number): number {
  return Math.min(Math.max(value, -limit), limit);
}

const MIRROR_FILTER = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];
const LOW_LOG = [-60, -30, 58, 172, 334, 538, 1198, 3042];
const LOW_LOG_INDEX = [0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0];
const HIGH_LOG = [-214, 798];
const HIGH_FINE = [-7408, -1616, 7408, 1616];
const INVERSE_LOG = [
  2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025,
  3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];
const LOW_COARSE = [
  0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0,
];
const LOW_FINE = [
  -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
  -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728, 24808,
  21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008,
  3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
];
