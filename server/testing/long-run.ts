/**
 * Some proofs take minutes: a minute behind another tab, a minute of loss, a minute of conformance. `npm test` runs them short,
 * `npm run test:long` (which a release needs) in full. Both make the same assertions.
 */
const IS_LONG = process.env.ORIEL_LONG === '1';

/** The first value in `npm test`, the second in `npm run test:long`. */
export function shortOrLong<T>(short: T, long: T): T {
  return IS_LONG ? long : short;
}
