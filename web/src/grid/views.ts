import { signal } from '@preact/signals';
import type { SavedView, SavedViewInput } from '../../../shared/api.ts';
import { segment } from '../gateway/gateway-address.ts';
import { ask } from '../gateway/request.ts';
import { toast } from '../page/announce.ts';
import { viewTexts } from '../texts/en/views.ts';
import { group, layout, page, rotateMs, search, selection, shown } from './grid-state.ts';

/** The arrangements that this account has saved. They are the same on all its devices. */
export const savedViews = signal<readonly SavedView[]>([]);

export async function loadViews(): Promise<void> {
  savedViews.value = await ask<readonly SavedView[]>('GET', '/api/views');
}

/** Keeps what is on the screen under a name. */
export async function saveView(name: string): Promise<void> {
  const body: SavedViewInput = {
    name,
    layout: layout.value,
    cameras: shown.value,
    ...(rotateMs.value !== undefined && { rotateSeconds: rotateMs.value / 1000 }),
  };
  const saved = await ask<SavedView>('POST', '/api/views', { body });
  savedViews.value = [...savedViews.value, saved];
  toast(viewTexts.saved(name));
}

export async function deleteView(view: SavedView): Promise<void> {
  await ask('DELETE', `/api/views/${segment(view.id)}`);
  savedViews.value = savedViews.value.filter((other) => other.id !== view.id);
  toast(viewTexts.deleted(view.name));
}

export function applyView(view: SavedView): void {
  selection.value = view.cameras;
  group.value = undefined;
  search.value = '';
  layout.value = view.layout;
  rotateMs.value = view.rotateSeconds === undefined ? undefined : view.rotateSeconds * 1000;
  page.value = 0;
}

export function showGroup(name: string | undefined): void {
  selection.value = undefined;
  group.value = name;
  search.value = '';
  page.value = 0;
}
