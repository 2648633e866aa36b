import type { CameraView, StreamState } from '../../../shared/camera.ts';
import type { ErrorCode } from '../../../shared/error-code.ts';
import { type PlayerState, phaseOf } from '../player/player-state.ts';
import { texts } from '../texts.ts';
import { formatClock } from '../time.ts';

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

/** The player counts in the page's own clock, the gateway in epoch milliseconds. */
export type TileClocks = { readonly wallMs: number; readonly pageMs: number };

const CHANGES: Partial<Record<ErrorCode, TileAction>> = {
  'wrong-password': 'change-password',
  'needs-password': 'change-password',
  'no-such-path': 'change-address',
  'name-not-found': 'change-address',
  'no-route': 'change-address',
  refused: 'change-address',
  'unsupported-codec': 'change-address',
};

export function tileState(player: PlayerState, camera: CameraView | undefined, clocks: TileClocks): TileState {
  if (camera && !camera.enabled) return plain('off', texts.tile.disabled);
  switch (phaseOf(player)) {
    case 'idle':
      return restingState(camera, player, clocks);
    case 'starting':
      return player.gatewayReachable
        ? plain('starting', startingText(player))
        : plain('offline', texts.tile.gatewayGone);
    case 'live':
      return plain('live', undefined);
    case 'frozen':
      return plain('frozen', frozenText(player, clocks));
    case 'offline':
      return offlineState(player.stream, clocks);
    case 'refused':
      return { ...plain('refused', refusalText(player)), action: 'try-now' };
    case 'unsupported':
      return plain('refused', unsupportedText(player, camera));
  }
}

function plain(mark: TileMark, message: string | undefined): TileState {
  return { mark, message, exactMs: undefined, action: undefined };
}

/** A tile that is off the screen still knows that its camera is down. */
function restingState(camera: CameraView | undefined, player: PlayerState, clocks: TileClocks): TileState {
  const stream = camera ? streamOf(camera, player) : undefined;
  return stream?.phase === 'offline' ? offlineState(stream, clocks) : plain('starting', undefined);
}

function streamOf(camera: CameraView, player: PlayerState): StreamState {
  return player.quality === 'sub' && camera.hasSubstream ? camera.sub : camera.main;
}

function startingText({ stream }: PlayerState): string {
  return texts.player.starting[stream?.phase === 'starting' ? stream.step : 'browser'];
}

function frozenText({ frozen }: PlayerState, clocks: TileClocks): string | undefined {
  if (!frozen) return undefined;
  const seconds = Math.round((clocks.pageMs - frozen.sinceMs) / 1000);
  return `${texts.player.frozen(seconds)} ${texts.player.culprit[frozen.culprit]}`;
}

function offlineState(stream: StreamState | undefined, clocks: TileClocks): TileState {
  if (stream?.phase !== 'offline') return plain('offline', texts.tile.gatewayGone);
  const since = texts.player.offline(formatClock(stream.sinceMs, clocks.wallMs));
  const change = CHANGES[stream.code];
  const reason = texts.errors[stream.code] ?? stream.message;
  return {
    mark: 'offline',
    message: [since, reason, attemptText(stream, clocks)].filter(Boolean).join(' '),
    exactMs: stream.sinceMs,
    action: change ?? 'try-now',
  };
}

function attemptText(stream: StreamState & { readonly phase: 'offline' }, clocks: TileClocks): string {
  if (stream.retryAtMs === undefined) return stream.step ? `${texts.player.starting[stream.step]}.` : '';
  const seconds = Math.round((stream.retryAtMs - clocks.wallMs) / 1000);
  return seconds > 0 ? texts.player.tryingAgain(seconds) : texts.player.tryingNow;
}

function refusalText(player: PlayerState): string {
  const { refusal } = player;
  if (!refusal) return texts.tile.refused;
  return refusal.code === 'too-many-viewers' ? refusal.message : (texts.errors[refusal.code] ?? refusal.message);
}

/** The first reason is that of the best path; the others follow from it. */
function unsupportedText(player: PlayerState, camera: CameraView | undefined): string {
  const reason = player.unsupported[0]?.reason ?? 'codec';
  if (reason !== 'codec') return texts.player.unsupported[reason];
  const video = camera?.tracks.find((track) => track.kind === 'video');
  return texts.player.unsupported.codec(video?.codec === 'h265' ? 'H.265' : 'H.264');
}
