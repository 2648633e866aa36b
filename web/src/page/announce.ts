import { signal } from '@preact/signals';

export type Toast = { readonly id: number; readonly text: string; readonly kind: 'plain' | 'danger' };

const TOAST_MS = 6000;
const MAX_TOASTS = 3;

/** The messages that are on the screen, oldest first. */
export const toasts = signal<readonly Toast[]>([]);
/** What a screen reader is to say. */
export const spoken = signal('');
/** The dialogs that are open, the one on top last. The messages stand in that one, because what is outside is covered and mute. */
export const openDialogs = signal<readonly string[]>([]);
let nextId = 1;

/** Says something that just happened, in words on the screen and to a screen reader. */
export function toast(text: string, kind: Toast['kind'] = 'plain'): void {
  const id = nextId++;
  toasts.value = [...toasts.value.slice(1 - MAX_TOASTS), { id, text, kind }];
  setTimeout(() => dismissToast(id), TOAST_MS);
}

export function toastError(error: unknown): void {
  toast(error instanceof Error ? error.message : String(error), 'danger');
}

export function dismissToast(id: number): void {
  toasts.value = toasts.value.filter((entry) => entry.id !== id);
}

/** Takes everything back that was said. */
export function silence(): void {
  toasts.value = [];
  spoken.value = '';
}

/** For screen readers only: what the eye sees by itself, such as a camera that went offline. */
export function announce(text: string): void {
  spoken.value = text;
}
