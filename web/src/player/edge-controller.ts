/** Few rates, kept until the target is met: some browsers flush their decoder at each change. */
const SLOW_RATE = 0.93;
const CATCH_UP_RATE = 1.1;
const FAR_RATE = 1.5;
/** So far behind the rate goes to FAR_RATE. */
const FAR_S = 1;
/** Beyond this no rate catches up in reasonable time: jump. */
const JUMP_S = 3;
/** A stream begins with its last key frame, which may be old: from there the way to the edge is one jump, the rest is speed. */
const START_JUMP_S = 0.5;
const START_FAR_S = 0.15;
const STARTING_MS = 3000;
/** Later than this is caught up with, earlier than that is slowed down for. */
const LATE_S = 0.05;
const EARLY_S = 0.03;
/** The buffer is a saw tooth of arriving parts; what counts is its level over about this time. */
const SMOOTHING_MS = 300;
const STALL_GROWTH = 1.3;
const STALL_STEP_S = 0.03;
const CALM_MS = 60_000;
const CALM_SHRINK = 0.8;
const MAX_TARGET_S = 4;

export type EdgeSample = {
  readonly nowMs: number;
  /** Buffered end minus play position. */
  readonly aheadS: number;
  /** The video wants to play and has nothing to show. */
  readonly isStarved: boolean;
};

export type EdgeState = {
  /** The target never goes below this. */
  readonly leastS: number;
  readonly targetS: number;
  readonly levelS: number | undefined;
  readonly sampledAtMs: number;
  readonly calmSinceMs: number;
  readonly isStarved: boolean;
  /** When the first picture could be seen. */
  readonly startedAtMs: number | undefined;
  readonly stalls: number;
  readonly rate: number;
  /** Set when the play position should move to `buffered end - targetS`. */
  readonly shouldJump: boolean;
  readonly hasJumped: boolean;
};

/** `leastS`: two parts, or what this browser's sound needs. */
export function initialEdge(leastS: number, nowMs: number): EdgeState {
  return {
    leastS,
    targetS: leastS,
    levelS: undefined,
    sampledAtMs: nowMs,
    calmSinceMs: nowMs,
    isStarved: true,
    startedAtMs: undefined,
    stalls: 0,
    rate: 1,
    shouldJump: false,
    hasJumped: false,
  };
}

/** Keeps the play position just behind the live edge: by rate, by a jump only when it fell far behind. */
export function nextEdge(state: EdgeState, sample: EdgeSample): EdgeState {
  const { nowMs, aheadS, isStarved } = sample;
  const startedAtMs = state.startedAtMs ?? (isStarved ? undefined : nowMs);
  const isStarting = startedAtMs === undefined || nowMs - startedAtMs < STARTING_MS;
  // A stream that has just come up has nothing to wait with yet: it shows what there is and fills its buffer by waiting.
  const isStall = isStarved && !state.isStarved && !isStarting;
  const target = nextTarget(state, isStall, nowMs);
  const jumpS = isStarting && !state.hasJumped ? START_JUMP_S : JUMP_S;
  const shouldJump = startedAtMs !== undefined && aheadS > target.targetS + jumpS;
  const weight = Math.min((nowMs - state.sampledAtMs) / SMOOTHING_MS, 1);
  const levelS = state.levelS === undefined || shouldJump ? aheadS : state.levelS + (aheadS - state.levelS) * weight;
  return {
    leastS: state.leastS,
    ...target,
    levelS: shouldJump ? target.targetS : levelS,
    sampledAtMs: nowMs,
    isStarved,
    startedAtMs,
    stalls: state.stalls + Number(isStall),
    rate: shouldJump ? 1 : nextRate(state.rate, levelS - target.targetS, isStarting ? START_FAR_S : FAR_S),
    shouldJump,
    hasJumped: state.hasJumped || shouldJump,
  };
}

/** A stall says that the target is too near; a calm minute that it may be farther than it has to be. */
function nextTarget(state: EdgeState, isStall: boolean, nowMs: number): { targetS: number; calmSinceMs: number } {
  if (isStall) {
    const targetS = Math.min(state.targetS * STALL_GROWTH + STALL_STEP_S, MAX_TARGET_S);
    return { targetS, calmSinceMs: nowMs };
  }
  if (nowMs - state.calmSinceMs < CALM_MS) return { targetS: state.targetS, calmSinceMs: state.calmSinceMs };
  return { targetS: Math.max(state.targetS * CALM_SHRINK, state.leastS), calmSinceMs: nowMs };
}

function nextRate(rate: number, lateS: number, farS: number): number {
  if (lateS > farS) return FAR_RATE;
  if (lateS > LATE_S || (rate > 1 && lateS > 0)) return CATCH_UP_RATE;
  return lateS < -EARLY_S || (rate < 1 && lateS < 0) ? SLOW_RATE : 1;
}
