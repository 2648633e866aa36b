type Listener = (visible: boolean) => void;

/** Scrolling past or looking away for a moment does not stop a picture. */
const GRACE_MS = 2000;
const MARGIN = '20%';

type Tile = {
  inView: boolean;
  told: boolean;
  readonly listener: Listener;
  timer: ReturnType<typeof setTimeout> | undefined;
};

const tiles = new Map<Element, Tile>();
let observer: IntersectionObserver | undefined;

/**
 * Tells whether a tile can be seen: it is in the window or close to it, and the tab is in front. One observer serves
 * all tiles.
 */
export function watchVisibility(element: Element, listener: Listener): () => void {
  if (!observer) {
    observer = new IntersectionObserver(onIntersections, { rootMargin: MARGIN });
    document.addEventListener('visibilitychange', onPageVisibility);
  }
  tiles.set(element, { inView: false, told: false, listener, timer: undefined });
  observer.observe(element);
  return () => {
    clearTimeout(tiles.get(element)?.timer);
    tiles.delete(element);
    observer?.unobserve(element);
  };
}

function onIntersections(entries: readonly IntersectionObserverEntry[]): void {
  for (const entry of entries) {
    const tile = tiles.get(entry.target);
    if (!tile) continue;
    tile.inView = entry.isIntersecting;
    tell(tile);
  }
}

function onPageVisibility(): void {
  for (const tile of tiles.values()) tell(tile);
}

function tell(tile: Tile): void {
  clearTimeout(tile.timer);
  const visible = tile.inView && !document.hidden;
  if (visible === tile.told) return;
  const say = () => {
    tile.told = visible;
    tile.listener(visible);
  };
  if (visible) say();
  else tile.timer = setTimeout(say, GRACE_MS);
}
