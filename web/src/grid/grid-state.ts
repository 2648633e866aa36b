import { computed, effect, signal } from '@preact/signals';
import type { CameraView } from '../../../shared/camera.ts';
import { cameras } from '../dashboard/live.ts';
import { session } from '../dashboard/session.ts';
import { query } from '../page/route.ts';
import { inOrder, matchesSearch } from './arrange.ts';
import { LAYOUTS, type Layout, pageSize } from './grid-layout.ts';

/** What a person sees of the grid; order and layout are kept in this browser for each account. */
export const layout = signal<Layout>('auto');
export const order = signal<readonly string[]>([]);
export const search = signal('');
/** Cameras of one group, or of one saved view; undefined shows all. */
export const group = signal<string | undefined>(undefined);
export const selection = signal<readonly string[] | undefined>(undefined);
export const page = signal(0);
export const rotateMs = signal<number | undefined>(undefined);
/** The camera whose tile the keys act on. */
export const activeCamera = signal<string | undefined>(undefined);

export const kiosk = computed(() => query.value.has('kiosk'));
export const openCamera = computed(() => query.value.get('open') ?? undefined);

/**
 * The ids of the chosen cameras in the person's order, as one text, so that a new list of the same cameras draws
 * nothing anew.
 */
const shownIds = computed(() => {
  const found = (cameras.value ?? []).filter(isShown);
  return inOrder(found, selection.value ?? order.value)
    .map((camera) => camera.id)
    .join('\n');
});

export const shown = computed<readonly string[]>(() => (shownIds.value === '' ? [] : shownIds.value.split('\n')));

function isShown(camera: CameraView): boolean {
  if (selection.value && !selection.value.includes(camera.id)) return false;
  if (group.value !== undefined && camera.group !== group.value) return false;
  return matchesSearch(camera, search.value);
}

export const groups = computed(() => {
  const names = (cameras.value ?? []).flatMap((camera) => camera.group ?? []);
  return [...new Set(names)].sort((a, b) => a.localeCompare(b));
});

export const pageCount = computed(() =>
  Math.max(1, Math.ceil(shown.value.length / pageSize(layout.value, shown.value.length))),
);

/** The ids of the page on the screen. */
export const pageIds = computed(() => {
  const size = pageSize(layout.value, shown.value.length);
  const at = Math.min(page.value, pageCount.value - 1);
  return shown.value.slice(at * size, (at + 1) * size);
});

export function setLayout(next: Layout): void {
  layout.value = next;
  page.value = 0;
}

export function showPage(next: number): void {
  page.value = (next + pageCount.value) % pageCount.value;
}

/** One turn of the rotation: shows the next page, or in the focus layout puts the next camera into the large place. */
export function rotate(): void {
  if (layout.value !== 'focus') {
    showPage(page.value + 1);
    return;
  }
  const [first, ...others] = shown.value;
  if (first === undefined) return;
  const next = [...others, first];
  if (selection.value) selection.value = next;
  else order.value = next;
}

export const canRotate = computed(() => pageCount.value > 1 || (layout.value === 'focus' && shown.value.length > 1));

type Kept = { readonly layout: Layout; readonly order: readonly string[] };

function keyOf(name: string): string {
  return `oriel-grid:${name}`;
}

/**
 * Restores what this account arranged in this browser, and saves every change until the returned function is called.
 */
export function keepArrangement(): () => void {
  const name = session.value?.name ?? '';
  const kept = readKept(name);
  if (kept) {
    layout.value = kept.layout;
    order.value = kept.order;
  }
  return effect(() => {
    const now: Kept = { layout: layout.value, order: order.value };
    if (!rotateMs.value && !selection.value) localStorage.setItem(keyOf(name), JSON.stringify(now));
  });
}

function readKept(name: string): Kept | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(name)) ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('layout' in kept) || !('order' in kept)) return undefined;
    const known = LAYOUTS.find((candidate) => candidate === kept.layout);
    if (!known || !Array.isArray(kept.order)) return undefined;
    return { layout: known, order: kept.order.filter((id) => typeof id === 'string') };
  } catch {
    return undefined;
  }
}
