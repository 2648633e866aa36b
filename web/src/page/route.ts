import { computed, signal } from '@preact/signals';

/** The address of the page, as signals. */
const current = signal(read());

export const path = computed(() => current.value.path);
export const query = computed(() => current.value.query);

addEventListener('popstate', () => {
  current.value = read();
});

function read(): { readonly path: string; readonly query: URLSearchParams } {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

/** Goes to another page of ours; `replace` leaves no entry in the history. */
export function navigate(address: string, options: { readonly replace?: boolean } = {}): void {
  if (options.replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  current.value = read();
}

/** The address of the same page with another query. A key whose value is undefined is removed. */
export function withQuery(changes: Readonly<Record<string, string | undefined>>): string {
  const next = new URLSearchParams(current.value.query);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) next.delete(key);
    else next.set(key, value);
  }
  const text = next.toString();
  return text === '' ? current.value.path : `${current.value.path}?${text}`;
}

/** For `onClick` of a link of ours: no reload, unless the person asked for a new tab. */
export function followLink(event: MouseEvent): void {
  const link = event.currentTarget;
  if (!(link instanceof HTMLAnchorElement) || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
}
