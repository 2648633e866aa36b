import type { Quality } from '../../../../shared/camera.ts';
import { type Attempt, type Path, type PlayerState, playable, TRANSPORTS, type TransportName } from './player-state.ts';

/** How long each transport may take to connect before the next one is started beside it: something plays within 3 s. */
const PATIENCE_MS: Record<TransportName, number> = { webrtc: 1700, mp4: 1000, hls: 3000 };
/** A way that showed a picture here before is worth waiting for a little longer than one that never did. */
const PROVEN_PATIENCE_MS = 3000;
/** When a connected transport of a live stream shows nothing for this long, another one is started beside it. */
const FIRST_FRAME_PATIENCE_MS = 2500;
/** The gateway drops an offer that does not connect after this time, so that there is no use in waiting longer. */
export const TRY_LIMIT_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 8000;

/** Decides which transports are open, given everything that is known. */
export function settle(state: PlayerState, nowMs: number): PlayerState {
  if (state.retryAtMs !== undefined && nowMs < state.retryAtMs) return state;
  const quality = reachableQuality(state);
  const ready = state.retryAtMs === undefined ? state : { ...state, retryAtMs: undefined, lostPaths: [] };
  const useful = ready.trying.filter((attempt) => isUseful(ready, attempt, quality));
  const tidy = useful.length === ready.trying.length ? ready : { ...ready, trying: useful };
  if (!tidy.shown) return race(tidy, quality, nowMs);
  return isAsWanted(tidy, tidy.shown, quality)
    ? improve(tidy, tidy.shown, nowMs)
    : replace(tidy, tidy.shown, quality, nowMs);
}

/** The wanted stream, or the other one when this browser can show only that. */
function reachableQuality(state: PlayerState): Quality {
  const other: Quality = state.quality === 'main' ? 'sub' : 'main';
  return playable(state, state.quality).length === 0 && playable(state, other).length > 0 ? other : state.quality;
}

/** A picture with sound may stay when no sound is wanted; it is muted. */
function isAsWanted(state: PlayerState, attempt: Attempt, quality: Quality): boolean {
  if (attempt.quality !== quality) return false;
  return !state.sound || (attempt.sound && !isNeedlesslySilent(state, attempt));
}

/** Another way would bring the sound. */
function isNeedlesslySilent(state: PlayerState, { transport, quality }: Path): boolean {
  const isHeard = playable(state, quality).some((path) => path.transport === transport);
  return state.silent.includes(transport) && !isHeard;
}

function isUseful(state: PlayerState, attempt: Attempt, quality: Quality): boolean {
  if (!isAsWanted(state, attempt, quality)) return false;
  const { shown } = state;
  return !shown || !isAsWanted(state, shown, quality) || isBetter(attempt.transport, shown.transport);
}

export function isBetter(transport: TransportName, than: TransportName): boolean {
  return TRANSPORTS.indexOf(transport) < TRANSPORTS.indexOf(than);
}

/** Nothing is on the screen: opens the best path, and the next one beside it when that takes long. */
function race(state: PlayerState, quality: Quality, nowMs: number): PlayerState {
  const ladder = playable(state, quality);
  const isReady = (path: Path) => state.standing[path.transport].notBeforeMs <= nowMs;
  for (const path of [...ladder.filter(isReady), ...ladder.filter((path) => !isReady(path))]) {
    if (isLost(state, path)) continue;
    const attempt = state.trying.find((other) => other.transport === path.transport);
    if (!attempt) return open(state, path, nowMs);
    if (isPatient(state, attempt, nowMs)) return state;
  }
  return state.trying.length > 0 || ladder.length === 0 ? state : pause(state, nowMs);
}

/** A picture is on the screen: try a better transport behind it, one at a time. */
function improve(state: PlayerState, shown: Attempt, nowMs: number): PlayerState {
  if (!state.visible || state.trying.length > 0 || !isStreamLive(state)) return state;
  const better = playable(state, shown.quality).find(
    (path) => isBetter(path.transport, shown.transport) && state.standing[path.transport].notBeforeMs <= nowMs,
  );
  return better ? open(state, better, nowMs) : state;
}

/**
 * Opens the other stream, or the same one with sound, behind the picture, first by the transport that works already.
 */
function replace(state: PlayerState, shown: Attempt, quality: Quality, nowMs: number): PlayerState {
  if (state.trying.length > 0) return state;
  const isProven = (path: Path) => path.transport === shown.transport;
  const ladder = playable(state, quality).toSorted((a, b) => Number(isProven(b)) - Number(isProven(a)));
  const path = ladder.find((candidate) => !isLost(state, candidate));
  return path ? open(state, path, nowMs) : pause(state, nowMs);
}

function open(state: PlayerState, path: Path, nowMs: number): PlayerState {
  const attempt: Attempt = {
    ...path,
    id: state.nextId,
    openedAtMs: nowMs,
    sound: state.sound,
  };
  return { ...state, trying: [...state.trying, attempt], nextId: state.nextId + 1 };
}

/** Everything was tried: wait a little, then begin again with the best. */
export function pause(state: PlayerState, nowMs: number): PlayerState {
  const waitMs = Math.min(FIRST_PAUSE_MS * 2 ** state.pauses, MAX_PAUSE_MS);
  return { ...state, pauses: state.pauses + 1, retryAtMs: nowMs + waitMs };
}

function isLost(state: PlayerState, path: Path): boolean {
  return state.lostPaths.some((lost) => lost.transport === path.transport && lost.quality === path.quality);
}

/** While the camera itself is still starting, no transport is to blame. */
export function isStreamLive(state: PlayerState): boolean {
  const phase = state.stream?.phase;
  return phase === undefined || phase === 'idle' || phase === 'live';
}

function isPatient(state: PlayerState, attempt: Attempt, nowMs: number): boolean {
  if (!isStreamLive(state)) return true;
  if (attempt.connectedAtMs === undefined) return waitedMs(state, attempt, nowMs) < patienceMs(state, attempt);
  return nowMs - Math.max(attempt.connectedAtMs, state.streamLiveAtMs) < FIRST_FRAME_PATIENCE_MS;
}

function patienceMs(state: PlayerState, { transport }: Attempt): number {
  return Math.max(PATIENCE_MS[transport], transport === state.lastTransport ? PROVEN_PATIENCE_MS : 0);
}

/** How long a transport had everything it needed and showed nothing. */
export function waitedMs(state: PlayerState, attempt: Attempt, nowMs: number): number {
  return isStreamLive(state) ? nowMs - Math.max(attempt.openedAtMs, state.streamLiveAtMs) : 0;
}
