import type { StreamState } from '../../../../shared/camera.ts';
import type { ErrorCode } from '../../../../shared/error-code.ts';

/** Whose fault a picture is that stands. */
export type Culprit =
  | 'unknown' // being found out
  | 'camera'
  | 'uplink' // the way from the camera to the gateway
  | 'gateway' // it does not answer, whether it stopped or nothing gets to it
  | 'network' // the way from the gateway to this browser
  | 'browser';

export type Frozen = { readonly sinceMs: number; readonly culprit: Culprit };

/** The gateway's newest word about the stream. Times are the driver's clock. */
export type Report = {
  readonly stream: StreamState | undefined;
  /** The word was spoken no earlier than this. */
  readonly asOfMs: number;
  /** When the camera's newest picture came to the gateway. */
  readonly madeAtMs: number | undefined;
  readonly limitMs: number | undefined;
};

/** What the driver saw until now; times are its clock. */
export type Sight = {
  /** The newest picture on the screen that the camera made later than the one before it. Undefined: none on this way yet. */
  readonly newsAtMs: number | undefined;
  /** Pictures say themselves whether they are news; on other ways what was recorded before may be shown late. */
  readonly isMarked: boolean;
  /** Silence by the pace at which pictures came to this screen; undefined while unknown. */
  readonly ownLimitMs: number | undefined;
  /** Whether anything still arrives on this way; undefined while not known. */
  readonly bytes: 'arrive' | 'stay-out' | undefined;
  /** For how long a question to the gateway has had no answer. */
  readonly unansweredMs: number;
  /** This device has a network at all, as far as it knows. */
  readonly isOnline: boolean;
};

export type Evidence = Sight & {
  readonly nowMs: number;
  /** Since when this way is on the screen, or somebody looks at it again. */
  readonly watchedSinceMs: number;
  readonly report: Report | undefined;
  readonly isReachable: boolean;
};

/** `waiting`: there is a picture, and nothing says yet whether it is a new one. */
export type Verdict = 'live' | 'waiting' | Frozen;

/** For a camera of which neither side knows the pace. */
const USUAL_LIMIT_MS = 2000;
/** A picture that is looked at for the first time, or again, is given so long to be followed by a new one. */
const FIRST_NEWS_WITHIN_MS = 1500;
/** A way that delivers more unevenly than this does stand between two pictures. */
const MOST_UNEVEN_MS = 1100;
/** The gateway has pictures so much newer than the screen: they were lost on the way or in here. */
const BEHIND_MS = 300;
/** A gateway that is only busy answers within this. */
const ANSWERS_WITHIN_MS = 1500;

const UPLINK_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'no-route',
  'name-not-found',
  'no-direct-path',
  'device-offline',
  'device-away',
]);

/**
 * Whether the picture on the screen is the camera's present, and if not, why. A picture counts when the camera made it later
 * than the one before it: not when it is shown again, and not when the gateway knows of none so young.
 */
export function judge(evidence: Evidence): Verdict {
  const { nowMs, newsAtMs, watchedSinceMs, report } = evidence;
  const limitMs = limitOf(evidence);
  const madeAtMs = newestMadeAtMs(evidence);
  if (madeAtMs !== undefined && nowMs - madeAtMs <= limitMs) return 'live';
  const isEarly = nowMs - watchedSinceMs <= Math.max(FIRST_NEWS_WITHIN_MS, limitMs);
  if (isEarly && !isSilent(report)) return 'waiting';
  return { sinceMs: madeAtMs ?? newsAtMs ?? report?.madeAtMs ?? watchedSinceMs, culprit: culpritOf(evidence) };
}

/** Silence of this length is none of this camera's habits, nor, within limits, of this way's. */
export function limitOf({ report, ownLimitMs }: Pick<Evidence, 'report' | 'ownLimitMs'>): number {
  if (report?.limitMs === undefined) return ownLimitMs ?? USUAL_LIMIT_MS;
  return Math.max(report.limitMs, Math.min(ownLimitMs ?? 0, MOST_UNEVEN_MS));
}

/** When the camera made what is shown, at the latest: what says nothing of itself is no newer than what the gateway has. */
function newestMadeAtMs({ newsAtMs, isMarked, report }: Evidence): number | undefined {
  if (newsAtMs === undefined || isMarked || !isSilent(report)) return newsAtMs;
  return Math.min(newsAtMs, report.madeAtMs ?? newsAtMs);
}

/** The gateway itself waits in vain for pictures of this camera. */
function isSilent(report: Report | undefined): report is Report {
  const phase = report?.stream?.phase;
  return phase === 'stalled' || phase === 'offline';
}

/** Never a guess: whatever is not known yet is being looked into. */
export function culpritOf(evidence: Evidence): Culprit {
  const { report, isReachable, unansweredMs, isOnline, bytes, newsAtMs, watchedSinceMs } = evidence;
  if (!isReachable || unansweredMs > ANSWERS_WITHIN_MS) return isOnline ? 'gateway' : 'network';
  const { stream, madeAtMs } = report ?? {};
  if (stream?.phase === 'offline') return UPLINK_CODES.has(stream.code) ? 'uplink' : 'camera';
  if (stream?.phase === 'stalled') return stream.cause === 'being-found-out' ? 'unknown' : (stream.cause ?? 'camera');
  if (stream?.phase === 'starting') return 'camera';
  const isBehind = madeAtMs !== undefined && madeAtMs > (newsAtMs ?? watchedSinceMs) + BEHIND_MS;
  if (!isBehind || bytes === undefined) return 'unknown';
  return bytes === 'arrive' ? 'browser' : 'network';
}
