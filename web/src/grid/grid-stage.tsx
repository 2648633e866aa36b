import { useEffect, useRef } from 'preact/hooks';
import { cameras } from '../dashboard/live.ts';
import type { Signalling } from '../player/signalling/signalling.ts';
import { gridTexts } from '../texts/en/grid.ts';
import { dragged } from './drag-tile.ts';
import type { Place } from './grid-layout.ts';
import { activeCamera, kiosk, openCamera, shown } from './grid-state.ts';
import { GridTile } from './grid-tile.tsx';
import { stagePlan, stageSize } from './stage-plan.ts';

/** Puts every tile at its place. The tiles of other pages of the grid stay mounted, without a place. */
export function GridStage({ signalling }: { readonly signalling: Signalling }) {
  const element = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) stageSize.value = { width: entry.contentRect.width, height: entry.contentRect.height };
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  const open = openCamera.value;
  const reached = open ?? reachedByTab();
  const names = new Map((cameras.value ?? []).map((camera) => [camera.id, camera.name]));
  return (
    <div class="grid-scroll" data-open={open !== undefined || undefined}>
      <ul
        ref={element}
        class="grid-stage"
        aria-label={gridTexts.list}
        data-dragging={dragged.value !== undefined || undefined}
      >
        {tileOrder(shown.value, open).map((id) => (
          <GridTile
            key={id}
            id={id}
            name={names.get(id) ?? id}
            place={placeOf(id, open)}
            opened={id === open}
            active={id === reached}
            movable={open === undefined && !kiosk.value}
            signalling={signalling}
          />
        ))}
      </ul>
      {/* The stage is as high as the window; this gives the page the height that the tiles need. */}
      <div class="grid-height" style={{ height: `${open === undefined ? stagePlan.value.height : 0}px` }} />
    </div>
  );
}

/** A camera that is opened by its address is shown even when search or group leave it out. */
function tileOrder(ids: readonly string[], open: string | undefined): readonly string[] {
  return open === undefined || ids.includes(open) ? ids : [...ids, open];
}

function reachedByTab(): string | undefined {
  const { ids } = stagePlan.value;
  return ids.find((id) => id === activeCamera.value) ?? ids[0];
}

/** The opened tile has the whole stage, and the others none. */
function placeOf(id: string, open: string | undefined): Place | undefined {
  if (open !== undefined) return id === open ? { left: 0, top: 0, ...stageSize.value } : undefined;
  const { ids, places } = stagePlan.value;
  return places[ids.indexOf(id)];
}
