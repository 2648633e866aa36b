import { computed, signal } from '@preact/signals';
import type { CameraView } from '../../../shared/camera.ts';
import { cameras, liveCamera } from '../dashboard/live.ts';
import { type GridPlan, planGrid } from './grid-layout.ts';
import { layout, pageIds } from './grid-state.ts';

const GAP_PX = 4;
const MIN_TILE_PX = 160;
/**
 * On a phone, where people scroll anyway, pictures are placed one below the other, because they are larger than two
 * in a row.
 */
const PHONE_PX = 500;
const MIN_TILE_ON_PHONE_PX = 200;
const USUAL_ASPECT = 16 / 9;

/** The size of the room that the window has for tiles, in CSS pixels. */
export const stageSize = signal({ width: 0, height: 0 });

/** The shape that most cameras have. */
const aspect = computed(() => usualAspect((cameras.value ?? []).map(({ id }) => liveCamera(id)?.value)));

export type StagePlan = GridPlan & { readonly ids: readonly string[] };

/** The cameras of the page on the screen and their places. */
export const stagePlan = computed<StagePlan>(() => {
  const ids = pageIds.value;
  const minTileWidth = stageSize.value.width < PHONE_PX ? MIN_TILE_ON_PHONE_PX : MIN_TILE_PX;
  const space = { ...stageSize.value, aspect: aspect.value, gap: GAP_PX, minTileWidth };
  return { ...planGrid(layout.value, ids.length, space), ids };
});

function usualAspect(list: readonly (CameraView | undefined)[]): number {
  const counts = new Map<number, number>();
  for (const track of list.flatMap((camera) => camera?.tracks ?? [])) {
    if (track.kind !== 'video' || !track.width || !track.height) continue;
    const shape = Math.round((track.width / track.height) * 100) / 100;
    counts.set(shape, (counts.get(shape) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most ? most[0] : USUAL_ASPECT;
}
