import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { CameraView } from '../../../shared/camera.ts';
import { cameras } from '../live.ts';
import type { Signalling } from '../player/signalling.ts';
import { texts } from '../texts.ts';
import { dragged } from './drag-tile.ts';
import { type GridPlan, type GridSpace, type Place, planGrid } from './grid-layout.ts';
import { activeCamera, kiosk, layout, openCamera, pageIds, shown } from './grid-state.ts';
import { GridTile } from './grid-tile.tsx';

const GAP_PX = 4;
const MIN_TILE_PX = 160;
const USUAL_ASPECT = 16 / 9;

/** The places of the tiles on the screen, for the arrow keys. */
export type StagePlan = GridPlan & { readonly ids: readonly string[] };
export const stage: { plan: StagePlan } = { plan: { places: [], columns: 1, height: 0, ids: [] } };

/** All tiles, each at its place; those of other pages stay mounted without one. */
export function GridStage({ signalling }: { readonly signalling: Signalling }) {
  const element = useRef<HTMLUListElement>(null);
  const size = useSignal({ width: 0, height: 0 });
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) size.value = { width: entry.contentRect.width, height: entry.contentRect.height };
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [size]);
  const plan = useComputed<StagePlan>(() => {
    const ids = pageIds.value;
    const space: GridSpace = {
      ...size.value,
      aspect: usualAspect(cameras.value),
      gap: GAP_PX,
      minTileWidth: MIN_TILE_PX,
    };
    return { ...planGrid(layout.value, ids.length, space), ids };
  }).value;
  stage.plan = plan;
  const open = openCamera.value;
  const whole: Place = { left: 0, top: 0, ...size.value };
  const active =
    activeCamera.value !== undefined && plan.ids.includes(activeCamera.value) ? activeCamera.value : plan.ids[0];
  const names = new Map((cameras.value ?? []).map((camera) => [camera.id, camera.name]));
  const placeOf = (id: string): Place | undefined => {
    if (open !== undefined) return id === open ? whole : undefined;
    const at = plan.ids.indexOf(id);
    return at === -1 ? undefined : plan.places[at];
  };
  return (
    <div class="grid-scroll" data-open={open !== undefined || undefined}>
      <ul
        ref={element}
        class="grid-stage"
        aria-label={texts.grid.list}
        data-dragging={dragged.value !== undefined || undefined}
      >
        {tileOrder(shown.value, open).map((id) => (
          <GridTile
            key={id}
            id={id}
            name={names.get(id) ?? id}
            place={placeOf(id)}
            opened={id === open}
            active={id === (open ?? active)}
            movable={open === undefined && !kiosk.value}
            signalling={signalling}
          />
        ))}
      </ul>
      {/* The stage is as high as the window; this gives the page the height that the tiles need. */}
      <div class="grid-height" style={{ height: `${open === undefined ? plan.height : 0}px` }} />
    </div>
  );
}

/** A camera that is opened by its address is shown even when search or group leave it out. */
function tileOrder(ids: readonly string[], open: string | undefined): readonly string[] {
  return open === undefined || ids.includes(open) ? ids : [...ids, open];
}

/** The shape that most cameras have. */
function usualAspect(list: readonly CameraView[] | undefined): number {
  const counts = new Map<number, number>();
  for (const camera of list ?? []) {
    for (const track of camera.tracks) {
      if (track.kind !== 'video' || !track.width || !track.height) continue;
      const aspect = Math.round((track.width / track.height) * 100) / 100;
      counts.set(aspect, (counts.get(aspect) ?? 0) + 1);
    }
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most ? most[0] : USUAL_ASPECT;
}
