import type { Quality } from '../../../../shared/camera.ts';

/**
 * Widths in device pixels. Between the two limits the stream stays as it is, so that resizing a window does not swap
 * streams back and forth.
 */
const MAIN_FROM_PX = 960;
const SUB_BELOW_PX = 720;

/** The stream that fits the size it is shown at. */
export function fittingQuality(widthPx: number, now: Quality): Quality {
  if (widthPx >= MAIN_FROM_PX) return 'main';
  return widthPx < SUB_BELOW_PX ? 'sub' : now;
}

/** Follows the size of the box until the returned function is called. */
export function watchFittingQuality(box: HTMLElement, fits: (quality: Quality) => void): () => void {
  let quality: Quality = 'sub';
  const observer = new ResizeObserver(() => {
    const widthPx = shownWidthPx(box);
    if (widthPx === 0) return;
    quality = fittingQuality(widthPx, quality);
    fits(quality);
  });
  observer.observe(box);
  return () => observer.disconnect();
}

/** In device pixels; zero while it is not laid out. */
export function shownWidthPx(box: HTMLElement): number {
  return box.clientWidth * devicePixelRatio;
}
