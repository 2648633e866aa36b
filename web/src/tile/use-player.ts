import { type ReadonlySignal, type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Quality } from '../../../shared/camera.ts';
import { createPlayer } from '../player/create-player.ts';
import { initialState, type PlayerState } from '../player/decision/player-state.ts';
import type { Player } from '../player/player.ts';
import type { Signalling } from '../player/signalling/signalling.ts';
import type { PageConnections } from '../player/webrtc/page-connections.ts';

export type PlayerHold = {
  readonly video: RefObject<HTMLVideoElement | null>;
  /** Lies over the video and keeps its last picture while nothing is shown. */
  readonly still: RefObject<HTMLCanvasElement | null>;
  /** When the picture on it was the present, epoch milliseconds; undefined while there is none. */
  readonly stillTakenMs: Signal<number | undefined>;
  readonly state: ReadonlySignal<PlayerState>;
  /** Undefined until the tile is on the page. */
  readonly player: ReadonlySignal<Player | undefined>;
  readonly muted: ReadonlySignal<boolean>;
  readonly toggleSound: () => void;
};

type Wanted = {
  readonly camera: string;
  readonly quality: Quality | 'auto';
  readonly signalling: Signalling;
  /** The connections that the page's tiles share. */
  readonly page: PageConnections;
  readonly token: string | undefined;
  /** The picture can be seen. */
  readonly visible: boolean;
  readonly onPlayer: ((player: Player | undefined) => void) | undefined;
};

/** One player for one `<video>` for as long as the tile exists; it only runs while the tile can be seen. */
export function usePlayer({ camera, quality, signalling, page, token, visible, onPlayer }: Wanted): PlayerHold {
  const video = useRef<HTMLVideoElement>(null);
  const still = useRef<HTMLCanvasElement>(null);
  const player = useSignal<Player | undefined>(undefined);
  const state = useSignal<PlayerState>(initialState(quality === 'main' ? 'main' : 'sub'));
  const muted = useSignal(true);
  const stillTakenMs = useSignal<number | undefined>(undefined);
  const keep = (from: HTMLVideoElement) => {
    if (!keepStill(from, still.current)) return;
    const { frozen } = state.value;
    stillTakenMs.value = Date.now() - (frozen ? performance.now() - frozen.sinceMs : 0);
  };
  useEffect(() => {
    if (!video.current) return;
    const created = createPlayer({ video: video.current, camera, quality, signalling, page, ...(token && { token }) });
    const unsubscribe = created.subscribe((next) => {
      if (state.value.shown && !next.shown) keep(created.video);
      state.value = next;
      muted.value = created.muted;
    });
    player.value = created;
    onPlayer?.(created);
    return () => {
      unsubscribe();
      onPlayer?.(undefined);
      created.destroy();
      player.value = undefined;
    };
  }, [camera, signalling, page, token]);
  const current = player.value;
  useEffect(() => current?.setQuality(quality), [current, quality]);
  useEffect(() => {
    if (visible) current?.start();
    else if (current) {
      if (state.value.shown) keep(current.video);
      current.stop();
    }
  }, [current, visible]);
  const toggleSound = () => {
    current?.setMuted(!current.muted);
    muted.value = current?.muted ?? true;
  };
  return { video, still, stillTakenMs, state, player, muted, toggleSound };
}

const STILL_WIDTH_PX = 640;

/** A video whose stream ended may turn black; a drawing of its last picture stays. */
function keepStill(video: HTMLVideoElement, still: HTMLCanvasElement | null): boolean {
  if (!still || video.videoWidth === 0) return false;
  still.width = Math.min(video.videoWidth, STILL_WIDTH_PX);
  still.height = Math.round((still.width * video.videoHeight) / video.videoWidth);
  still.getContext('2d')?.drawImage(video, 0, 0, still.width, still.height);
  return true;
}
