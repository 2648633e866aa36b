import type { CameraView, StreamState } from '../../../shared/camera.ts';
import type { ErrorCode } from '../../../shared/error-code.ts';
import { cameraSentence } from '../gateway/gateway-sentence.ts';
import { formatClock } from '../page/time.ts';
import { isKeptOut, type PlayerPhase, type PlayerState } from '../player/decision/player-state.ts';
import { type StatusClocks, statusOf } from '../player/decision/status-text.ts';
import { playerTexts } from '../texts/en/player.ts';
import { tileTexts } from '../texts/en/tile.ts';

export type TileMark = 'starting' | 'live' | 'frozen' | 'offline' | 'refused' | 'off';

/** What a person can do about it, as a button on the tile. */
export type TileAction = 'try-now' | 'change-password' | 'change-address';

/** Everything that a tile shows of its state. */
export type TileState = {
  readonly mark: TileMark;
  /** One sentence over the picture; a live picture says nothing. */
  readonly message: string | undefined;
  /** The exact time behind a relative one. */
  readonly exactMs: number | undefined;
  readonly action: TileAction | undefined;
};

type Offline = StreamState & { readonly phase: 'offline' };

const MARKS: Record<PlayerPhase, TileMark> = {
  idle: 'starting',
  starting: 'starting',
  live: 'live',
  frozen: 'frozen',
  offline: 'offline',
  refused: 'refused',
  unsupported: 'refused',
};

const CHANGES: Partial<Record<ErrorCode, TileAction>> = {
  'wrong-password': 'change-password',
  'needs-password': 'change-password',
  'no-such-path': 'change-address',
  'name-not-found': 'change-address',
  'unsupported-codec': 'change-address',
};

export function tileState(player: PlayerState, camera: CameraView | undefined, clocks: StatusClocks): TileState {
  if (camera && !camera.enabled) return plain('off', tileTexts.disabled);
  const offline = offlineOf(player, camera);
  if (offline) return offlineState(offline, clocks);
  const { phase, message, canRetry } = statusOf(player, camera, clocks);
  const mark = phase === 'starting' && !player.gatewayReachable ? 'offline' : MARKS[phase];
  return { ...plain(mark, message), action: canRetry ? 'try-now' : undefined };
}

function plain(mark: TileMark, message: string | undefined): TileState {
  return { mark, message, exactMs: undefined, action: undefined };
}

/** A tile that is off the screen, whose player is stopped, still shows that its camera is offline. */
function offlineOf(player: PlayerState, camera: CameraView | undefined): Offline | undefined {
  if (isKeptOut(player)) return undefined;
  const stream = player.running ? player.stream : camera && (camera.hasSubstream ? camera.sub : camera.main);
  return stream?.phase === 'offline' ? stream : undefined;
}

/** The tile words this itself, because it also says what to change, and the day when it was not today. */
function offlineState(stream: Offline, clocks: StatusClocks): TileState {
  const since = playerTexts.offline(formatClock(stream.sinceMs, clocks.wallMs));
  const reason = cameraSentence(stream);
  return {
    mark: 'offline',
    message: [since, reason, attemptText(stream, clocks)].filter(Boolean).join(' '),
    exactMs: stream.sinceMs,
    action: CHANGES[stream.code] ?? 'try-now',
  };
}

function attemptText({ retryAtMs, step }: Offline, clocks: StatusClocks): string {
  if (retryAtMs === undefined) return step ? `${playerTexts.starting[step]}.` : '';
  const seconds = Math.round((retryAtMs - clocks.wallMs) / 1000);
  return seconds > 0 ? playerTexts.tryingAgain(seconds) : playerTexts.tryingNow;
}
