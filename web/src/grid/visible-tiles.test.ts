// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchVisibility } from './visible-tiles.ts';

/** The browser's own observer lays out no page here; it is told by the test what is in the window. */
class Observer {
  static last: Observer;
  readonly tell: IntersectionObserverCallback;
  readonly observed = new Set<Element>();

  constructor(tell: IntersectionObserverCallback) {
    this.tell = tell;
    Observer.last = this;
  }

  observe(element: Element): void {
    this.observed.add(element);
  }

  unobserve(element: Element): void {
    this.observed.delete(element);
  }

  scroll(target: Element, isIntersecting: boolean): void {
    this.tell([{ target, isIntersecting } as IntersectionObserverEntry], this as unknown as IntersectionObserver);
  }
}

let tile: Element;
let seen: boolean[];
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('IntersectionObserver', Observer);
  tile = document.createElement('li');
  seen = [];
  stop = watchVisibility(tile, (visible) => seen.push(visible));
});

afterEach(() => {
  stop();
  hide(false);
  vi.useRealTimers();
});

function hide(hidden: boolean): void {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}

test('a tile is seen as soon as it comes into the window', () => {
  expect(seen).toEqual([]);
  Observer.last.scroll(tile, true);
  expect(seen).toEqual([true]);
});

test('scrolling past or looking away for a moment changes nothing', () => {
  Observer.last.scroll(tile, true);
  Observer.last.scroll(tile, false);
  vi.advanceTimersByTime(1900);
  Observer.last.scroll(tile, true);
  hide(true);
  vi.advanceTimersByTime(1900);
  hide(false);
  vi.advanceTimersByTime(10_000);
  expect(seen).toEqual([true]);
});

test('whoever stays away for two seconds is not served any more', () => {
  Observer.last.scroll(tile, true);
  Observer.last.scroll(tile, false);
  vi.advanceTimersByTime(2000);
  expect(seen).toEqual([true, false]);
});

test('in a tab behind others no tile is seen, and all come back with it', () => {
  Observer.last.scroll(tile, true);
  hide(true);
  vi.advanceTimersByTime(2000);
  Observer.last.scroll(tile, true);
  expect(seen).toEqual([true, false]);
  hide(false);
  expect(seen).toEqual([true, false, true]);
});

test('a tile that left the page is told nothing, and observed no more', () => {
  Observer.last.scroll(tile, true);
  Observer.last.scroll(tile, false);
  stop();
  vi.advanceTimersByTime(10_000);
  Observer.last.scroll(tile, true);
  expect([seen, Observer.last.observed.has(tile)]).toEqual([[true], false]);
});
