import { type ReadonlySignal, useComputed } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { CameraView } from '../../../shared/camera.ts';
import { now } from '../page/time.ts';
import type { PlayerState } from '../player/decision/player-state.ts';
import { type TileState, tileState } from './tile-state.ts';

/** What the tile shows, the same object while nothing changes: a second that passes renders only the tiles that count it. */
export function useTileState(
  player: ReadonlySignal<PlayerState>,
  view: ReadonlySignal<CameraView> | undefined,
): ReadonlySignal<TileState> {
  const last = useRef<TileState | undefined>(undefined);
  return useComputed(() => {
    const next = tileState(player.value, view?.value, { wallMs: now.value, pageMs: performance.now() });
    if (!last.current || !isSame(last.current, next)) last.current = next;
    return last.current;
  });
}

function isSame(a: TileState, b: TileState): boolean {
  return a.mark === b.mark && a.message === b.message && a.action === b.action && a.exactMs === b.exactMs;
}
