import { type ComponentChild, render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, vi } from 'vitest';
import { toasts } from '../page/announce.ts';

/** What a person does on a page and sees there, for tests of components. The page is emptied after each test. */

let root: HTMLElement | undefined;

afterEach(async () => {
  await act(() => {
    if (root) render(null, root);
  });
  root?.remove();
  root = undefined;
  toasts.value = [];
});

/** Puts a component on the page, in place of what stood there. */
export async function show(what: ComponentChild): Promise<HTMLElement> {
  const place = root ?? document.body.appendChild(document.createElement('div'));
  root = place;
  await act(() => render(what, place));
  return place;
}

/** The one element that a person calls by this name: by its label, its `aria-label`, or what is written on it. */
export function find<Kind extends HTMLElement = HTMLElement>(selector: string, name: string): Kind {
  const found = findAll<Kind>(selector, name);
  if (found.length !== 1) throw new Error(`${found.length} elements are ${selector} called "${name}".\n${pageText()}`);
  return found[0] as Kind;
}

export function findAll<Kind extends HTMLElement = HTMLElement>(selector: string, name: string): Kind[] {
  return [...document.querySelectorAll<Kind>(selector)].filter((element) => nameOf(element) === name);
}

export function button(name: string): HTMLButtonElement {
  return find('button', name);
}

export function field(label: string): HTMLInputElement {
  return find('input, textarea', label);
}

export function choice(label: string): HTMLSelectElement {
  return find('select', label);
}

function nameOf(element: HTMLElement): string {
  const label = element.getAttribute('aria-label');
  if (label !== null) return label;
  const labelled = element.id && document.querySelector(`label[for="${element.id}"]`);
  const around = element.matches('input, select, textarea') ? element.closest('label') : element;
  return ((labelled || around)?.textContent ?? '').trim();
}

export async function type(into: HTMLInputElement | HTMLTextAreaElement, text: string): Promise<void> {
  await act(() => {
    into.value = text;
    into.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

export async function choose(from: HTMLSelectElement, value: string): Promise<void> {
  await act(() => {
    from.value = value;
    from.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

export async function press(element: HTMLElement): Promise<void> {
  await act(() => element.click());
}

/** Presses a key where the focus is, or on the given element. */
export async function pressKey(
  key: string,
  options: KeyboardEventInit = {},
  on: EventTarget = document.activeElement ?? document.body,
): Promise<void> {
  await act(() => {
    on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options }));
  });
}

/** Waits until what is claimed holds; fails with the last claim that did not. */
export function eventually<Value>(claim: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(claim, { timeout: 10_000, interval: 10 });
}

export function pageText(): string {
  return (document.body.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
}

/** The messages that are on the screen. */
export function messages(): string[] {
  return toasts.value.map(({ text }) => text);
}
