// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { store } from '../dashboard/live.ts';
import { spoken } from '../page/announce.ts';
import { resetGrid } from '../testing/reset-grid.ts';
import { cameraView } from '../testing/small-gateway.ts';
import { dragged, moveCameraBy, startDrag } from './drag-tile.ts';
import { order, selection, shown } from './grid-state.ts';
import { stagePlan, stageSize } from './stage-plan.ts';

let tile: HTMLElement;

beforeEach(() => {
  vi.useFakeTimers();
  resetGrid();
  store.replace(['a', 'b', 'c', 'd'].map((name) => cameraView(name)));
  stageSize.value = { width: 1600, height: 900 };
  document.body.innerHTML = '<div class="grid-stage"><button class="tile-open"></button><video></video></div>';
  tile = document.querySelector('.tile-open') as HTMLElement;
});

afterEach(() => {
  dispatchEvent(pointer('pointercancel', 0, 0));
  vi.runAllTimers();
  vi.useRealTimers();
});

function pointer(type: string, clientX: number, clientY: number, more: PointerEventInit = {}): PointerEvent {
  return new PointerEvent(type, { clientX, clientY, button: 0, pointerType: 'mouse', bubbles: true, ...more });
}

function down(id: string, more: PointerEventInit = {}, on: HTMLElement = tile): void {
  const event = pointer('pointerdown', 10, 10, more);
  on.addEventListener('pointerdown', () => startDrag(event, id), { once: true });
  on.dispatchEvent(event);
}

/** The middle of the tile of a camera, as it is planned. */
function middleOf(id: string): [number, number] {
  const { ids, places } = stagePlan.value;
  const place = places[ids.indexOf(id)];
  if (!place) throw new Error(`${id} has no place`);
  return [place.left + place.width / 2, place.top + place.height / 2];
}

const move = (x: number, y: number, more: PointerEventInit = {}) => dispatchEvent(pointer('pointermove', x, y, more));

test('a tile that is drawn over another takes its place', () => {
  down('a');
  expect(dragged.value).toBeUndefined();
  move(...middleOf('d'));
  expect(dragged.value).toBe('a');
  move(...middleOf('d'));
  expect(shown.value).toEqual(['b', 'c', 'd', 'a']);
  dispatchEvent(pointer('pointerup', 0, 0));
  expect([dragged.value, order.value]).toEqual([undefined, ['b', 'c', 'd', 'a']]);
});

test('a hand that trembles drags nothing, and the press stays a press', () => {
  down('a');
  move(14, 14);
  dispatchEvent(pointer('pointerup', 14, 14));
  expect([dragged.value, order.value]).toEqual([undefined, []]);
  let clicks = 0;
  tile.addEventListener('click', () => clicks++);
  tile.click();
  expect(clicks).toBe(1);
});

test('the end of a drag is not a press on the tile', () => {
  let clicks = 0;
  tile.addEventListener('click', () => clicks++);
  down('a');
  move(...middleOf('b'));
  dispatchEvent(pointer('pointerup', 0, 0));
  tile.click();
  expect(clicks).toBe(0);
  vi.runAllTimers();
  tile.click();
  expect(clicks).toBe(1);
});

test('between the tiles and on the tile itself nothing moves', () => {
  down('a');
  move(...middleOf('b'));
  const [x, y] = middleOf('a');
  move(x, y);
  move(-50, -50);
  expect(shown.value).toEqual(['a', 'b', 'c', 'd']);
});

test('a finger that moves at once scrolls the page; one that rests first picks the tile up', () => {
  const touch = { pointerType: 'touch' };
  down('a', touch);
  move(...middleOf('b'), touch);
  vi.advanceTimersByTime(1000);
  expect(dragged.value).toBeUndefined();
  down('a', touch);
  vi.advanceTimersByTime(400);
  expect(dragged.value).toBe('a');
  const scroll = new Event('touchmove', { cancelable: true });
  dispatchEvent(scroll);
  expect(scroll.defaultPrevented).toBe(true);
  move(...middleOf('b'), touch);
  expect(shown.value).toEqual(['b', 'a', 'c', 'd']);
});

test('only the first button, and only the picture, picks a tile up', () => {
  down('a', { button: 2 });
  move(...middleOf('d'));
  down('a', {}, document.querySelector('video') as HTMLElement);
  move(...middleOf('d'));
  expect(dragged.value).toBeUndefined();
});

test('in a view the order of the view changes, and the own order does not', () => {
  selection.value = ['c', 'a'];
  moveCameraBy('c', 'a', 'C');
  expect([selection.value, order.value]).toEqual([['a', 'c'], []]);
  expect(spoken.value).toBe('C moved to place 2 of 2.');
});
