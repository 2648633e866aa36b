/** What is left of a block when each sample is guessed from those before it (RFC 9639 clause 9.2.5). */
export type FixedPrediction = {
  readonly order: number;
  readonly residual: Int32Array;
  readonly riceParameter: number;
  /** The coded size, including headers and the first samples, which are stored unpredicted. */
  readonly bits: number;
};

const MAX_ORDER = 4;
/** 15 is the escape code of the four-bit parameter. */
const MAX_RICE_PARAMETER = 14;
const RESIDUAL_HEADER_BITS = 10;

const WARM_UP_SAMPLE_BITS = 16;

/** Chooses the cheapest of the five fixed predictors. The residual of each order is the difference of the previous order. */
export function bestFixedPrediction(values: Int32Array): FixedPrediction {
  let best = codedSize(0, values);
  let residual = values;
  for (let order = 1; order <= MAX_ORDER && order < values.length; order++) {
    const difference = new Int32Array(residual.length - 1);
    for (let index = 0; index < difference.length; index++)
      difference[index] = (residual[index + 1] as number) - (residual[index] as number);
    residual = difference;
    const candidate = codedSize(order, residual);
    if (candidate.bits < best.bits) best = candidate;
  }
  return best;
}

function codedSize(order: number, residual: Int32Array): FixedPrediction {
  let sum = 0;
  for (const value of residual) sum += Math.abs(value) * 2;
  const mean = sum / residual.length;
  const guess = Math.min(MAX_RICE_PARAMETER, Math.max(0, Math.floor(Math.log2(mean + 1))));
  let best = { riceParameter: guess, bits: riceBits(residual, guess) };
  for (const riceParameter of [guess - 1, guess + 1]) {
    if (riceParameter < 0 || riceParameter > MAX_RICE_PARAMETER) continue;
    const bits = riceBits(residual, riceParameter);
    if (bits < best.bits) best = { riceParameter, bits };
  }
  const headerBits = RESIDUAL_HEADER_BITS + order * WARM_UP_SAMPLE_BITS;
  return { order, residual, riceParameter: best.riceParameter, bits: best.bits + headerBits };
}

function riceBits(residual: Int32Array, parameter: number): number {
  let bits = residual.length * (parameter + 1);
  for (const value of residual) bits += (value < 0 ? -2 * value - 1 : 2 * value) >>> parameter;
  return bits;
}
