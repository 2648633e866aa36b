import type { SavedView } from '../../../shared/api.ts';
import { cameras } from '../dashboard/live.ts';
import { openDialog, openedDialog } from '../page/page-dialog.ts';
import { navigate, withQuery } from '../page/route.ts';
import { keepSnapshot, toggleFullScreen } from '../tile/tile-actions.ts';
import { moveCameraBy } from './drag-tile.ts';
import { type Direction, LAYOUTS, type Layout, neighbour } from './grid-layout.ts';
import { activeCamera, kiosk, openCamera, page, setLayout, showPage } from './grid-state.ts';
import { players } from './players.ts';
import { toggleRotation } from './rotation.ts';
import { stagePlan } from './stage-plan.ts';
import { applyView, savedViews } from './views.ts';
import { leaveWall } from './wall.tsx';

const ARROWS: Record<string, Direction> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

const LAYOUT_KEYS: Record<string, Layout> = { '1': '1', '2': '2', '3': '3', '4': '4', '5': 'auto', '6': 'focus' };
const VIEW_KEYS = ['7', '8', '9'];

/** Handles the keys of the grid. Keys that are pressed in a text field or a dialog belong to that. */
export function onGridKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (openedDialog.value || isTyping(event.target)) return;
  const direction = ARROWS[event.key];
  const handled = direction ? goOrMove(direction, event.shiftKey) : press(event.key);
  if (handled) event.preventDefault();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, dialog, .menu-list') !== null;
}

function current(): string | undefined {
  return openCamera.value ?? activeCamera.value ?? stagePlan.value.ids[0];
}

function nameOf(id: string): string {
  return cameras.value?.find((camera) => camera.id === id)?.name ?? id;
}

function goOrMove(direction: Direction, move: boolean): boolean {
  const { ids, places } = stagePlan.value;
  const from = Math.max(ids.indexOf(current() ?? ''), 0);
  const to =
    openCamera.value === undefined ? neighbour(places, from, direction) : from + (isBackward(direction) ? -1 : 1);
  const here = ids[from];
  const there = ids[to];
  if (here === undefined || there === undefined || here === there) return true;
  if (openCamera.value !== undefined) navigate(withQuery({ open: there }), { replace: true });
  else if (move) moveCameraBy(here, there, nameOf(here));
  activeCamera.value = move && openCamera.value === undefined ? here : there;
  focusTile(activeCamera.value);
  return true;
}

function isBackward(direction: Direction): boolean {
  return direction === 'left' || direction === 'up';
}

/** Waits for the next frame, because only the render before it makes the tile focusable. */
function focusTile(id: string): void {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>(`[data-camera="${CSS.escape(id)}"] .tile-open`)?.focus();
  });
}

function press(key: string): boolean {
  const layout = LAYOUT_KEYS[key];
  if (layout && LAYOUTS.includes(layout)) {
    setLayout(layout);
    return true;
  }
  if (VIEW_KEYS.includes(key)) return showView(savedViews.value[VIEW_KEYS.indexOf(key)]);
  const action = KEYS[key.length === 1 ? key.toLowerCase() : key];
  action?.();
  return action !== undefined && key !== 'Escape';
}

function showView(view: SavedView | undefined): boolean {
  if (view) applyView(view);
  return view !== undefined;
}

const KEYS: Record<string, () => void> = {
  Escape: close,
  f: () => void toggleFullScreen(players.get(current() ?? '')),
  m: () => pressTileButton('m'),
  s: () => {
    const id = current();
    const player = players.get(id ?? '');
    if (id !== undefined && player) void keepSnapshot(player, nameOf(id));
  },
  r: toggleRotation,
  PageDown: () => showPage(page.value + 1),
  PageUp: () => showPage(page.value - 1),
  '/': () => document.querySelector<HTMLElement>('.grid-search input')?.focus(),
  '?': () => openDialog({ kind: 'shortcuts' }),
};

function close(): void {
  const open = openCamera.value;
  if (open === undefined) {
    if (kiosk.value) leaveWall();
    return;
  }
  navigate(withQuery({ open: undefined }));
  focusTile(open);
}

/** Presses the button of the active tile, so that key and button cannot differ. */
function pressTileButton(shortcut: string): void {
  const tile = `[data-camera="${CSS.escape(current() ?? '')}"]`;
  document.querySelector<HTMLElement>(`${tile} [aria-keyshortcuts="${shortcut}"]`)?.click();
}
