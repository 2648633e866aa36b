import type { Milestones, WaterfallStep } from '../statistics.ts';

/** The sign-in is measured under this name with `performance.measure`, so that the waterfall can show it. */
export const SIGN_IN_MEASURE = 'oriel-sign-in';
/** A player that starts later than this after the sign-in did not wait for it. */
const SIGN_IN_BEFORE_MS = 2000;

export type StartTimes = {
  readonly startedAtMs: number;
  readonly signIn: { readonly startTime: number; readonly duration: number } | undefined;
  /** When the gateway was seen to begin and to finish getting the camera's stream; absent when it ran already. */
  readonly sourceFromMs: number | undefined;
  readonly sourceToMs: number | undefined;
  readonly milestones: Milestones;
};

/**
 * The steps of a start, each from the end of the one before. A step that did not happen or is not known is left out.
 */
export function buildWaterfall(times: StartTimes): WaterfallStep[] {
  const { startedAtMs, signIn, sourceFromMs, sourceToMs, milestones } = times;
  const steps: WaterfallStep[] = [];
  const add = (step: WaterfallStep['step'], fromMs: number | undefined, toMs: number | undefined) => {
    if (fromMs === undefined || toMs === undefined) return;
    steps.push({
      step,
      fromMs: Math.round(fromMs - startedAtMs),
      toMs: Math.round(Math.max(toMs, fromMs) - startedAtMs),
    });
  };
  const { asked, answered, iceConnected, dtlsConnected, firstBytes, keyFrame, firstFrame } = milestones;
  const open = dtlsConnected ?? iceConnected ?? answered;
  const signedInAtMs = signIn && signIn.startTime + signIn.duration;
  const isRecent = signedInAtMs !== undefined && Math.abs(startedAtMs - signedInAtMs) < SIGN_IN_BEFORE_MS;
  if (isRecent) add('sign-in', signIn?.startTime, signedInAtMs);
  add('source', sourceFromMs, sourceToMs);
  add('signalling', asked, answered);
  add('ice', answered, iceConnected);
  add('dtls', iceConnected, dtlsConnected);
  add('first-packet', open, firstBytes);
  add('key-frame', firstBytes, keyFrame);
  add('decode', keyFrame ?? firstBytes, firstFrame);
  return steps;
}
