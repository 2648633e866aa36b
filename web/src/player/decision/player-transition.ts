import type { ErrorCode } from '../../../../shared/error-code.ts';
import { isBetter, isStreamLive, pause, settle, TRY_LIMIT_MS, waitedMs } from './attempt-plan.ts';
import { type Culprit, culpritOf, type Evidence, judge, limitOf, type Report } from './freeze.ts';
import type { PlayerEvent } from './player-event.ts';
import { type Attempt, initialState, type Loss, type PlayerState, type Standing } from './player-state.ts';

/** After a transport has shown pictures for this long, its earlier failures are forgotten. */
const STABLE_AFTER_MS = 60_000;
/**
 * A picture that is lost sooner than this is not opened again at once, so that a failing decoder is not started over
 * and over.
 */
const SHORT_LIVED_MS = 5000;
const FIRST_PENALTY_MS = 10_000;
const MAX_PENALTY_MS = 300_000;
/** A way whose picture stands for so long beyond the camera's own pace is given up, unless another one would stand as well. */
const GIVE_UP_AFTER_MS = 3000;
const NO_WAY_OUT: ReadonlySet<Culprit> = new Set<Culprit>(['camera', 'uplink', 'gateway']);
/** A page that could do nothing for so long has not seen yet what came meanwhile. */
const STARVED_MS = 400;

/** Refusals that may pass by themselves, so that the player asks again. After all others it waits for a person. */
const TEMPORARY: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['too-many-viewers', 'too-many-requests', 'busy']);

/**
 * The state machine of the player. Its driver opens the transports that are `trying` or `shown` and closes all
 * others.
 */
export function next(state: PlayerState, event: PlayerEvent): PlayerState {
  const changed = apply(state, event);
  if (!changed.running || isTurnedAway(changed)) return withoutAttempts(changed);
  return settle(changed, event.nowMs);
}

function apply(state: PlayerState, event: PlayerEvent): PlayerState {
  switch (event.type) {
    case 'start':
      return state.running ? state : { ...state, running: true };
    case 'stop':
      return {
        ...withoutAttempts(state),
        running: false,
        frozen: undefined,
        isWaiting: false,
        retryAtMs: undefined,
        lostPaths: [],
      };
    case 'retry':
      return { ...forgiven(state), refusal: undefined };
    case 'quality':
      return { ...state, quality: event.quality, lostPaths: [] };
    case 'sound':
      return { ...state, sound: event.wanted, lostPaths: [] };
    case 'connected':
      return {
        ...state,
        trying: state.trying.map((a) => (a.id === event.id ? { ...a, connectedAtMs: event.nowMs } : a)),
      };
    case 'first-frame':
      return show(state, event.id, event.nowMs);
    case 'lost':
      return lose(state, event.id, event.loss, event.nowMs);
    case 'facts':
      return learn(state, event);
    case 'codec':
      return judged(state, event);
    case 'visibility':
      return { ...state, visible: event.visible, visibleSinceMs: event.nowMs };
    case 'network-changed':
      return forgiven(state.frozen ? giveUpShown(state, 'connection', event.nowMs) : state);
    case 'tick':
      return watch(state, event);
  }
}

function judged(state: PlayerState, event: PlayerEvent & { type: 'codec' }): PlayerState {
  const { unsupported, silent, isSoundOnly } = event;
  return { ...state, unsupported, silent, isSoundOnly, lostPaths: [] };
}

function show(state: PlayerState, id: number, nowMs: number): PlayerState {
  const attempt = state.trying.find((other) => other.id === id);
  if (!attempt) return state;
  const isSwitch = state.lastTransport !== undefined && state.lastTransport !== attempt.transport;
  return {
    ...state,
    shown: { ...attempt, shownAtMs: nowMs },
    trying: state.trying.filter((other) => isBetter(other.transport, attempt.transport)),
    lastTransport: attempt.transport,
    switches: state.switches + Number(isSwitch),
    isWaiting: true,
    refusal: undefined,
    lostPaths: [],
  };
}

function lose(state: PlayerState, id: number, loss: Loss, nowMs: number): PlayerState {
  const attempt = state.shown?.id === id ? state.shown : state.trying.find((other) => other.id === id);
  if (!attempt) return state;
  const without = { ...state, trying: state.trying.filter((other) => other.id !== id) };
  if (loss.kind === 'refused' && loss.code !== 'no-common-codec') {
    return refuse({ ...without, shown: attempt === state.shown ? undefined : state.shown }, loss, nowMs);
  }
  if (loss.kind !== 'broken') {
    const { transport, quality } = attempt;
    const reason = loss.kind === 'unsupported' ? loss.reason : 'codec';
    const shown = attempt === state.shown ? undefined : state.shown;
    return { ...without, shown, unsupported: [...state.unsupported, { transport, quality, reason }] };
  }
  const accepted = { ...without, refusal: undefined };
  if (attempt === state.shown) return loseShown(accepted, attempt, loss.why, nowMs);
  // Nobody is spared the wait by asking for an absent camera in another way.
  if (loss.why === 'camera' && !state.shown) return pause({ ...accepted, trying: [] }, nowMs);
  return loseTrying(accepted, attempt, nowMs);
}

function refuse(state: PlayerState, refusal: { code: ErrorCode; message: string }, nowMs: number): PlayerState {
  const refused = { ...state, refusal: { code: refusal.code, message: refusal.message } };
  return TEMPORARY.has(refusal.code) ? pause(withoutAttempts(refused), nowMs) : refused;
}

function isTurnedAway(state: PlayerState): boolean {
  return state.refusal !== undefined && !TEMPORARY.has(state.refusal.code);
}

/** One loss is forgiven; a transport that is lost again before it was stable has to wait behind the others. */
function loseShown(state: PlayerState, shown: Attempt, why: string, nowMs: number): PlayerState {
  const shownForMs = nowMs - (shown.shownAtMs ?? nowMs);
  const isOurs = why !== 'ended' && why !== 'camera' && state.gatewayReachable && shownForMs < STABLE_AFTER_MS;
  const standing = state.standing[shown.transport];
  const failed = isOurs
    ? { failures: standing.failures + 1, notBeforeMs: nowMs + penaltyMs(standing.failures) }
    : standing;
  const after: PlayerState = {
    ...withStanding(state, shown, failed),
    shown: undefined,
    lostPaths: [],
    isWaiting: false,
    frozen: state.frozen ?? { sinceMs: nowMs, culprit: 'unknown' },
  };
  return shownForMs < SHORT_LIVED_MS ? pause(after, nowMs) : after;
}

/** Nothing for the first failure, then doubling. */
function penaltyMs(earlierFailures: number): number {
  return earlierFailures === 0 ? 0 : Math.min(FIRST_PENALTY_MS * 2 ** (earlierFailures - 1), MAX_PENALTY_MS);
}

/** An attempt at a better picture failed while another one is shown. The next attempt has to wait, longer each time. */
function loseTrying(state: PlayerState, attempt: Attempt, nowMs: number): PlayerState {
  const lostPaths = [...state.lostPaths, { transport: attempt.transport, quality: attempt.quality }];
  if (!state.shown || !isBetter(attempt.transport, state.shown.transport)) return { ...state, lostPaths };
  const failures = state.standing[attempt.transport].failures + 1;
  const standing = { failures, notBeforeMs: nowMs + penaltyMs(failures) };
  return { ...withStanding(state, attempt, standing), lostPaths };
}

function withStanding(state: PlayerState, { transport }: Attempt, standing: Standing): PlayerState {
  return { ...state, standing: { ...state.standing, [transport]: standing } };
}

function learn(state: PlayerState, event: PlayerEvent & { type: 'facts' }): PlayerState {
  const { reachable, stream, nowMs } = event;
  const cameUp = stream?.phase === 'live' && state.stream?.phase !== 'live' && state.stream !== undefined;
  const learnt: PlayerState = {
    ...state,
    gatewayReachable: reachable,
    report: reachable && !event.isRepeated ? reportOf(event) : state.report,
    stream,
    streamLiveAtMs: cameUp ? nowMs : state.streamLiveAtMs,
  };
  if (reachable && !state.gatewayReachable) {
    return forgiven(learnt.frozen ? giveUpShown(learnt, 'ended', nowMs) : learnt);
  }
  return cameUp && state.retryAtMs !== undefined && !state.refusal ? { ...learnt, retryAtMs: nowMs } : learnt;
}

function reportOf({ stream, askedAtMs, nowMs }: PlayerEvent & { type: 'facts' }): Report {
  const { pictureAgeMs, silenceLimitMs } = stream?.phase === 'live' || stream?.phase === 'stalled' ? stream : {};
  return {
    stream,
    asOfMs: askedAtMs ?? nowMs,
    madeAtMs: pictureAgeMs === undefined ? undefined : nowMs - pictureAgeMs,
    limitMs: silenceLimitMs,
  };
}

/** Something around the player changed, so that what failed before may work now. */
function forgiven(state: PlayerState): PlayerState {
  const { standing } = initialState(state.quality);
  return { ...state, standing, retryAtMs: undefined, lostPaths: [], pauses: 0 };
}

function watch(state: PlayerState, event: PlayerEvent & { type: 'tick' }): PlayerState {
  const { nowMs, lateMs = 0 } = event;
  const awake = lateMs > 0 && state.trying.length > 0 ? excused(state, lateMs) : state;
  const overdue = awake.trying.filter((attempt) => waitedMs(awake, attempt, nowMs) > TRY_LIMIT_MS);
  const inTime = overdue.reduce(
    (before, { id }) => lose(before, id, { kind: 'broken', why: 'never-connected' }, nowMs),
    awake,
  );
  return watchShown(inTime, event);
}

/** Time in which this page could do nothing is not counted against its attempts: another one would have fared no better. */
function excused(state: PlayerState, lateMs: number): PlayerState {
  const trying = state.trying.map(({ openedAtMs, connectedAtMs, ...attempt }) => ({
    ...attempt,
    openedAtMs: openedAtMs + lateMs,
    ...(connectedAtMs !== undefined && { connectedAtMs: connectedAtMs + lateMs }),
  }));
  return { ...state, trying };
}

function watchShown(state: PlayerState, event: PlayerEvent & { type: 'tick' }): PlayerState {
  const { nowMs, lateMs = 0 } = event;
  const { shown, report, gatewayReachable: isReachable } = state;
  const evidence: Evidence = {
    ...event,
    report,
    isReachable,
    watchedSinceMs: Math.max(shown?.shownAtMs ?? nowMs, state.visibleSinceMs),
  };
  if (!shown) return state.frozen ? blame(state, state.frozen.sinceMs, culpritOf(evidence)) : state;
  const settled = calmed(state, shown, nowMs);
  if (!state.visible) return settled.frozen ? { ...settled, frozen: undefined, isWaiting: true } : settled;
  if (lateMs > STARVED_MS) return settled;
  const verdict = judge(evidence);
  if (typeof verdict === 'string') {
    const isWaiting = verdict === 'waiting';
    const isSame = !settled.frozen && settled.isWaiting === isWaiting;
    return isSame ? settled : { ...settled, isWaiting, frozen: undefined };
  }
  const standing = blame(settled, verdict.sinceMs, verdict.culprit);
  const isBeyondHope = nowMs - verdict.sinceMs > limitOf(evidence) + GIVE_UP_AFTER_MS && isStreamLive(state);
  if (!isBeyondHope || NO_WAY_OUT.has(verdict.culprit)) return standing;
  return giveUpShown(standing, verdict.culprit === 'browser' ? 'decoder' : 'no-data', nowMs);
}

/** A picture that stands longer does not stand since later. */
function blame(state: PlayerState, since: number, culprit: Culprit): PlayerState {
  const sinceMs = Math.min(since, state.frozen?.sinceMs ?? since);
  const isSame = state.frozen?.culprit === culprit && state.frozen.sinceMs === sinceMs && !state.isWaiting;
  return isSame ? state : { ...state, isWaiting: false, frozen: { sinceMs, culprit } };
}

function calmed(state: PlayerState, shown: Attempt, nowMs: number): PlayerState {
  const shownForMs = nowMs - (shown.shownAtMs ?? nowMs);
  if (shownForMs > STABLE_AFTER_MS && state.standing[shown.transport].failures > 0) {
    return withStanding(state, shown, { failures: 0, notBeforeMs: 0 });
  }
  return shownForMs > SHORT_LIVED_MS && state.pauses > 0 ? { ...state, pauses: 0 } : state;
}

function giveUpShown(
  state: PlayerState,
  why: 'connection' | 'no-data' | 'decoder' | 'ended',
  nowMs: number,
): PlayerState {
  return state.shown ? lose(state, state.shown.id, { kind: 'broken', why }, nowMs) : state;
}

function withoutAttempts(state: PlayerState): PlayerState {
  return state.shown || state.trying.length > 0 ? { ...state, shown: undefined, trying: [] } : state;
}
