import { signal } from '@preact/signals';
import { cameras } from '../dashboard/live.ts';
import { announce } from '../page/announce.ts';
import { gridTexts } from '../texts/en/grid.ts';
import { inOrder, moved } from './arrange.ts';
import { order, selection, shown } from './grid-state.ts';
import { stagePlan } from './stage-plan.ts';

const START_DISTANCE_PX = 8;
/** A finger that moves at once scrolls; one that rests first picks the tile up. */
const LONG_PRESS_MS = 400;

/** The tile that hangs on the pointer. */
export const dragged = signal<string | undefined>(undefined);

export function startDrag(down: PointerEvent, id: string): void {
  if (down.button !== 0 || !(down.target instanceof Element) || !down.target.matches('.tile-open')) return;
  const touch = down.pointerType === 'touch';
  const abort = new AbortController();
  const { signal: ended } = abort;
  const timer = touch ? setTimeout(() => pickUp(id), LONG_PRESS_MS) : undefined;
  const stop = () => {
    clearTimeout(timer);
    abort.abort();
    if (dragged.value === undefined) return;
    dragged.value = undefined;
    swallowClick();
  };
  const onMove = (move: PointerEvent) => {
    const far = Math.hypot(move.clientX - down.clientX, move.clientY - down.clientY) > START_DISTANCE_PX;
    if (dragged.value === undefined) {
      if (far && touch) stop();
      else if (far) pickUp(id);
      return;
    }
    dropOver(move, id);
  };
  addEventListener('pointermove', onMove, { signal: ended });
  addEventListener('pointerup', stop, { signal: ended });
  addEventListener('pointercancel', stop, { signal: ended });
  addEventListener('touchmove', (event) => dragged.value !== undefined && event.preventDefault(), {
    signal: ended,
    passive: false,
  });
}

function pickUp(id: string): void {
  dragged.value = id;
  navigator.vibrate?.(10);
}

function dropOver(move: PointerEvent, id: string): void {
  const target = cameraAt(move.clientX, move.clientY);
  if (target !== undefined && target !== id) moveCamera(id, target);
}

/** Looks at the planned places, because the tiles themselves may still be moving to theirs. */
function cameraAt(x: number, y: number): string | undefined {
  const stage = document.querySelector('.grid-stage')?.getBoundingClientRect();
  if (!stage) return undefined;
  const { ids, places } = stagePlan.value;
  const at = places.findIndex(({ left, top, width, height }) => {
    const [right, down] = [x - stage.left - left, y - stage.top - top];
    return right >= 0 && right < width && down >= 0 && down < height;
  });
  return ids[at];
}

/** The end of a drag is not a click on the tile. */
function swallowClick(): void {
  const swallow = (event: Event) => {
    event.stopPropagation();
    event.preventDefault();
  };
  addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener('click', swallow, { capture: true }), 0);
}

/** Puts a camera where another one is. */
function moveCamera(id: string, target: string): void {
  if (selection.value) {
    selection.value = moved(selection.value, id, selection.value.indexOf(target));
    return;
  }
  const all = inOrder(cameras.value ?? [], order.value).map((camera) => camera.id);
  order.value = moved(all, id, all.indexOf(target));
}

/** The same by keyboard, said aloud. */
export function moveCameraBy(id: string, target: string, name: string): void {
  moveCamera(id, target);
  announce(gridTexts.moved(name, shown.value.indexOf(id) + 1, shown.value.length));
}
