import { signal } from '@preact/signals';
import { commonTexts } from '../texts/en/common.ts';
import { Button } from './button.tsx';

type Toast = { readonly id: number; readonly text: string; readonly kind: 'plain' | 'danger' };

const TOAST_MS = 6000;
const MAX_TOASTS = 3;

const toasts = signal<readonly Toast[]>([]);
const spoken = signal('');
let nextId = 1;

/** Says something that just happened, in words on the screen and to a screen reader. */
export function toast(text: string, kind: Toast['kind'] = 'plain'): void {
  const id = nextId++;
  toasts.value = [...toasts.value.slice(1 - MAX_TOASTS), { id, text, kind }];
  setTimeout(() => dismiss(id), TOAST_MS);
}

export function toastError(error: unknown): void {
  toast(error instanceof Error ? error.message : String(error), 'danger');
}

/** For screen readers only: what the eye sees by itself, such as a camera that went offline. */
export function announce(text: string): void {
  spoken.value = text;
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((entry) => entry.id !== id);
}

/** Once per page. */
export function Announcements() {
  return (
    <>
      <div class="visually-hidden" role="status" aria-live="polite">
        {spoken}
      </div>
      <div class="toasts" role="log" aria-live="polite" aria-label={commonTexts.messages}>
        {toasts.value.map((entry) => (
          <div key={entry.id} class={`toast toast-${entry.kind}`}>
            <span dir="auto">{entry.text}</span>
            <Button look="quiet" small icon="close" label={commonTexts.dismiss} onClick={() => dismiss(entry.id)} />
          </div>
        ))}
      </div>
    </>
  );
}
