/**
 * There are few rates, and each is kept until the target is met, because some browsers flush their decoder at each
 * change.
 */
const SLOW_RATE = 0.93;
const CATCH_UP_RATE = 1.1;
const FAR_RATE = 1.5;
/**
 * Near its target, sound plays faster or slower by half a semitone only, so that its pitch need not be corrected. Correcting it
 * costs Chromium 60 ms of buffered sound, which are there only while far from the target.
 */
const SOUND_SLOW_RATE = 0.97;
const SOUND_CATCH_UP_RATE = 1.03;
/** The nearest rate at which the pitch is kept. */
export const PITCH_KEPT_FROM_RATE = CATCH_UP_RATE;
const SOUND_LATE_S = 0.06;
/** When the play position is this far behind its target, it catches up at FAR_RATE. */
const FAR_S = 1;
/**
 * From here on no rate catches up in reasonable time, so that the play position jumps. For sound alone a jump is
 * hardly heard.
 */
const JUMP_S: Readonly<Record<EdgeContent, number>> = { picture: 3, both: 3, sound: 0.25 };
/** When sound is buffered for this long and does not play, the play position jumps into it. */
const HESITATION_MS = 400;
/** A stream begins with a recap since its last key frame; while that is decoded it falls behind, by up to a second. */
const START_FAR_S = 0.15;
const STARTING_MS = 3000;
/** How far behind the target catching up begins, and how far before it slowing down begins. */
const LATE_S = 0.05;
const EARLY_S = 0.03;
/** The buffer rises with each part that arrives and falls in between. Its mean over about this time counts. */
const SMOOTHING_MS = 300;
const STALL_GROWTH = 1.3;
const STALL_STEP_S = 0.03;
/**
 * The calm that is needed before a nearer target is tried. It doubles with each stall, so that a stream which stalls
 * again and again is not tried every minute.
 */
const CALM_MS = 60_000;
const MAX_CALM_DOUBLINGS = 4;
const CALM_SHRINK = 0.8;
const MAX_TARGET_S = 4;

/** What one media element plays. */
export type EdgeContent = 'picture' | 'sound' | 'both';

export type EdgeSample = {
  readonly nowMs: number;
  /** Buffered end minus play position. */
  readonly aheadS: number;
  /** The media wants to play and has nothing to play. */
  readonly isStarved: boolean;
  /**
   * How far the sound or picture that belongs to it is behind. For now this one goes no nearer to the edge, although
   * it could.
   */
  readonly heldS?: number;
};

export type EdgeState = {
  /** The target never goes below this. */
  readonly leastS: number;
  readonly content: EdgeContent;
  readonly targetS: number;
  readonly aheadS: number;
  /** How far behind the target it is, over SMOOTHING_MS. */
  readonly lateS: number | undefined;
  readonly sampledAtMs: number;
  readonly calmSinceMs: number;
  readonly isStarved: boolean;
  /** Since when it is starved, or since when it is not. */
  readonly starvedSinceMs: number;
  /** When the first picture could be seen. */
  readonly startedAtMs: number | undefined;
  readonly stalls: number;
  readonly rate: number;
  /** Set when the play position should move to `buffered end - targetS`. */
  readonly shouldJump: boolean;
};

/** `leastS`: two parts, or what this browser's sound needs. */
export function initialEdge(leastS: number, content: EdgeContent, nowMs: number): EdgeState {
  return {
    leastS,
    content,
    targetS: leastS,
    aheadS: 0,
    lateS: undefined,
    sampledAtMs: nowMs,
    calmSinceMs: nowMs,
    isStarved: true,
    starvedSinceMs: nowMs,
    startedAtMs: undefined,
    stalls: 0,
    rate: 1,
    shouldJump: false,
  };
}

/**
 * Keeps the play position just behind the live edge, by changing the rate, and by a jump only when it fell far
 * behind.
 */
export function nextEdge(state: EdgeState, sample: EdgeSample): EdgeState {
  const { nowMs, aheadS, isStarved, heldS = 0 } = sample;
  const startedAtMs = state.startedAtMs ?? (isStarved ? undefined : nowMs);
  const isStarting = startedAtMs === undefined || nowMs - startedAtMs < STARTING_MS;
  // A stream that has just started shows what it has. It cannot slow down yet, because there is nothing before that it could wait with.
  const isStall = isStarved && !state.isStarved && !isStarting;
  const target = nextTarget(state, isStall, nowMs);
  const lateNowS = aheadS - Math.max(target.targetS, heldS);
  const isLost = lateNowS > JUMP_S[state.content];
  const shouldJump = startedAtMs !== undefined && (isLost || isHesitant(state, sample));
  const weight = state.lateS === undefined ? 1 : Math.min((nowMs - state.sampledAtMs) / SMOOTHING_MS, 1);
  const beforeS = state.lateS ?? 0;
  const lateS = shouldJump ? 0 : beforeS + (lateNowS - beforeS) * weight;
  return {
    leastS: state.leastS,
    content: state.content,
    ...target,
    aheadS,
    lateS,
    sampledAtMs: nowMs,
    isStarved,
    starvedSinceMs: isStarved === state.isStarved && !shouldJump ? state.starvedSinceMs : nowMs,
    startedAtMs,
    stalls: state.stalls + Number(isStall),
    rate: shouldJump ? 1 : nextRate(state, lateS, isStarting ? START_FAR_S : FAR_S),
    shouldJump,
  };
}

/** Chromium asks for twice as much sound after each stall, up to three seconds, and for 200 ms again after a jump. */
function isHesitant(state: EdgeState, { nowMs, aheadS, isStarved }: EdgeSample): boolean {
  const isWaiting = state.content === 'sound' && isStarved && state.isStarved;
  return isWaiting && aheadS > state.targetS && nowMs - state.starvedSinceMs > HESITATION_MS;
}

/** After a stall the target is farther from the edge. After a calm minute it may be nearer again. */
function nextTarget(state: EdgeState, isStall: boolean, nowMs: number): { targetS: number; calmSinceMs: number } {
  if (isStall) {
    const targetS = Math.min(state.targetS * STALL_GROWTH + STALL_STEP_S, MAX_TARGET_S);
    return { targetS, calmSinceMs: nowMs };
  }
  const calmMs = CALM_MS * 2 ** Math.min(Math.max(state.stalls - 1, 0), MAX_CALM_DOUBLINGS);
  if (nowMs - state.calmSinceMs < calmMs) return { targetS: state.targetS, calmSinceMs: state.calmSinceMs };
  return { targetS: Math.max(state.targetS * CALM_SHRINK, state.leastS), calmSinceMs: nowMs };
}

function nextRate({ rate, content }: EdgeState, lateS: number, farS: number): number {
  const isGentle = content === 'sound' || (content === 'both' && lateS < SOUND_LATE_S);
  if (lateS > farS && !isGentle) return FAR_RATE;
  if (lateS > LATE_S || (rate > 1 && lateS > 0)) return isGentle ? SOUND_CATCH_UP_RATE : CATCH_UP_RATE;
  if (lateS < -EARLY_S || (rate < 1 && lateS < 0)) return isGentle ? SOUND_SLOW_RATE : SLOW_RATE;
  return 1;
}
