import type { Quality } from '../../../shared/camera.ts';
import type { Player } from '../player/player.ts';
import type { OrielPlayer } from './oriel-player.ts';

/** What the surrounding page may ask for. The reply carries the same `id`. */
type EmbedRequest = {
  readonly type: `oriel:${'play' | 'stop' | 'mute' | 'unmute' | 'quality' | 'snapshot' | 'statistics' | 'state'}`;
  readonly id?: string | number;
  readonly quality?: Quality | 'auto';
};

/**
 * The postMessage API of an embedded player: requests from the surrounding page are answered with `oriel:reply`
 * (`{ id, value }` or `{ id, error }`), and every change of state is sent as `oriel:state`. Only allowed origins can frame
 * this page at all (frame-ancestors), so that any surrounding page may ask.
 */
export function serveEmbedMessages(element: OrielPlayer): void {
  addEventListener('message', ({ source, origin, data }: MessageEvent<unknown>) => {
    if (source !== parent || parent === window || !isRequest(data) || !element.player) return;
    const reply = (body: object) => parent.postMessage({ type: 'oriel:reply', id: data.id, ...body }, origin);
    perform(element.player, element, data).then(
      (value) => reply({ value }),
      (error: unknown) => reply({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
  element.addEventListener('oriel-status', () => {
    if (parent !== window) parent.postMessage({ type: 'oriel:state', ...stateOf(element) }, '*');
  });
}

function isRequest(data: unknown): data is EmbedRequest {
  const type = (data as { type?: unknown } | null)?.type;
  return typeof type === 'string' && type.startsWith('oriel:');
}

async function perform(player: Player, element: OrielPlayer, request: EmbedRequest): Promise<unknown> {
  switch (request.type) {
    case 'oriel:play':
      return player.start();
    case 'oriel:stop':
      return player.stop();
    case 'oriel:mute':
      return player.setMuted(true);
    case 'oriel:unmute':
      return player.setMuted(false);
    case 'oriel:quality':
      return element.setAttribute('quality', request.quality ?? 'auto');
    case 'oriel:snapshot':
      return player.snapshot();
    case 'oriel:statistics':
      return player.statistics();
    case 'oriel:state':
      return stateOf(element);
    default:
      throw new Error('The player does not know this request.');
  }
}

function stateOf(element: OrielPlayer): object {
  const { player } = element;
  return {
    camera: element.getAttribute('camera'),
    phase: element.status?.phase,
    message: element.status?.message,
    transport: player?.state.shown?.transport,
    quality: player?.state.shown?.quality,
    muted: player?.muted,
    hasAudio: player?.hasAudio,
  };
}
