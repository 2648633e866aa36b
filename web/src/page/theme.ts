import { effect, signal } from '@preact/signals';

export type Theme = 'dark' | 'light';

const KEY = 'oriel-theme';

/** Dark unless the person chose otherwise: video looks right on near-black. */
export const theme = signal<Theme>(localStorage.getItem(KEY) === 'light' ? 'light' : 'dark');

export function chooseTheme(next: Theme): void {
  theme.value = next;
  localStorage.setItem(KEY, next);
}

/** Called before the first render, so that no page flashes in the other theme. */
export function applyTheme(): void {
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}
