import { computed, effect, signal } from '@preact/signals';

export type Theme = 'dark' | 'light';

const KEY = 'oriel-theme';

const system = matchMedia('(prefers-color-scheme: light)');
const isSystemLight = signal(system.matches);
system.addEventListener('change', ({ matches }) => {
  isSystemLight.value = matches;
});

/** What the person chose in this browser; undefined until they do. */
const chosen = signal<Theme | undefined>(readChosen());

/** Follows the system until the person chooses. */
export const theme = computed<Theme>(() => chosen.value ?? (isSystemLight.value ? 'light' : 'dark'));

export function chooseTheme(next: Theme): void {
  chosen.value = next;
  localStorage.setItem(KEY, next);
}

/** Called before the first render, so that no page flashes in the other theme. */
export function applyTheme(): void {
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}

function readChosen(): Theme | undefined {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : undefined;
}
