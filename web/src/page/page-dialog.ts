import { signal } from '@preact/signals';

/** The dialogs of the page; each comes with its own script when it is first opened. */
export type PageDialog =
  | { readonly kind: 'welcome' }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'save-view' }
  | { readonly kind: 'add-camera'; readonly address?: string }
  | { readonly kind: 'edit-camera'; readonly camera: string; readonly field?: 'url' | 'password' }
  | { readonly kind: 'share'; readonly camera: string };

export const openedDialog = signal<PageDialog | undefined>(undefined);

export function openDialog(dialog: PageDialog): void {
  openedDialog.value = dialog;
}

export function closeDialog(): void {
  openedDialog.value = undefined;
}
