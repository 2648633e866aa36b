import type { CameraView, StreamState, VideoCodec } from '../../../../shared/camera.ts';
import { gatewaySentence } from '../../gateway/gateway-sentence.ts';
import { playerTexts } from '../../texts/en/player.ts';
import { isSilent, type PlayerPhase, type PlayerState, phaseOf } from './player-state.ts';

const CODEC_NAMES: Record<VideoCodec, string> = { h264: 'H.264', h265: 'H.265' };

/** The player counts in the page's own clock, the gateway in epoch milliseconds. */
export type StatusClocks = { readonly wallMs: number; readonly pageMs: number };

export type Status = {
  readonly phase: PlayerPhase;
  /** One sentence that stands over the picture. A live picture needs none. */
  readonly message: string | undefined;
  /** A person may ask for the next attempt. */
  readonly canRetry: boolean;
};

export function statusOf(state: PlayerState, camera: CameraView | undefined, clocks: StatusClocks): Status {
  const phase = phaseOf(state);
  return {
    phase,
    message: messageOf(phase, state, camera, clocks),
    canRetry: phase === 'offline' || phase === 'refused',
  };
}

function messageOf(
  phase: PlayerPhase,
  state: PlayerState,
  camera: CameraView | undefined,
  clocks: StatusClocks,
): string | undefined {
  switch (phase) {
    case 'idle':
      return undefined;
    case 'live':
      if (isSilent(state)) return playerTexts.silent;
      return state.isSoundOnly ? playerTexts.soundOnly : undefined;
    case 'starting':
      if (!state.gatewayReachable) return playerTexts.culprit.gateway;
      return startingText(state.stream);
    case 'frozen':
      return frozenText(state, clocks);
    case 'offline':
      return offlineText(state.stream, clocks);
    case 'refused':
      return state.refusal?.message;
    case 'unsupported':
      return unsupportedText(state, camera);
  }
}

function startingText(stream: StreamState | undefined): string {
  if (stream?.phase !== 'starting') return playerTexts.starting.browser;
  const { step, keyFrameIntervalMs } = stream;
  const words = playerTexts.starting[step];
  return keyFrameIntervalMs === undefined ? words : playerTexts.upTo(words, Math.ceil(keyFrameIntervalMs / 1000));
}

function frozenText({ frozen }: PlayerState, { pageMs }: StatusClocks): string | undefined {
  if (!frozen) return undefined;
  const seconds = Math.round((pageMs - frozen.sinceMs) / 1000);
  return `${playerTexts.frozen(seconds)} ${playerTexts.culprit[frozen.culprit]}`;
}

function offlineText(stream: StreamState | undefined, { wallMs }: StatusClocks): string | undefined {
  if (stream?.phase !== 'offline') return undefined;
  const since = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' }).format(stream.sinceMs);
  const waitS = stream.retryAtMs === undefined ? 0 : Math.round((stream.retryAtMs - wallMs) / 1000);
  const attempt = waitS > 0 ? playerTexts.tryingAgain(waitS) : stream.step && playerTexts.tryingNow;
  return [playerTexts.offline(since), gatewaySentence(stream), attempt].filter(Boolean).join(' ');
}

/** The first reason is that of the best path; the others follow from it. */
function unsupportedText({ unsupported }: PlayerState, camera: CameraView | undefined): string {
  const reason = unsupported[0]?.reason ?? 'codec';
  if (reason !== 'codec') return playerTexts.unsupported[reason];
  const codec = camera?.tracks.find((track) => track.kind === 'video')?.codec;
  return playerTexts.unsupported.codec(codec ? CODEC_NAMES[codec] : playerTexts.unknownCodec);
}
