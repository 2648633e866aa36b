import type { Page } from '@playwright/test';

/** What one video shows, read from the squares in its top left corner while it plays. */
export type PictureReport = {
  /** Frames decoded while we looked. */
  readonly frames: number;
  /** Age of each presented picture by its frame number, milliseconds. */
  readonly agesMs: readonly number[];
  readonly width: number;
  /** The longest time between two pictures. */
  readonly longestGapMs: number;
};

export const CLIP_MS = 10_000;

/** Looks at every playing video that matches, for `forMs`. Demo clips play as if they had begun at the epoch. */
export function readPictures(page: Page, selector: string, forMs: number): Promise<PictureReport[]> {
  return page.evaluate(lookAtPictures, { selector, forMs, clipMs: CLIP_MS });
}

export type Look = { readonly selector: string; readonly forMs: number; readonly clipMs: number };

/** Runs in the page, and uses nothing from around it. */
export async function lookAtPictures({ selector, forMs, clipMs }: Look): Promise<PictureReport[]> {
  const deep = (root: ParentNode): HTMLVideoElement[] => [
    ...[...root.querySelectorAll('*')].flatMap((element) => (element.shadowRoot ? deep(element.shadowRoot) : [])),
    ...root.querySelectorAll<HTMLVideoElement>(selector),
  ];
  const reports = deep(document).map((video) => {
    const canvas = document.createElement('canvas');
    canvas.width = 256;
    canvas.height = 16;
    const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
    const decoded = (): number => video.getVideoPlaybackQuality().totalVideoFrames;
    const report = { frames: -decoded(), agesMs: [] as number[], width: 0, longestGapMs: 0 };
    let lastMs = 0;
    let isOpen = true;
    const look: VideoFrameRequestCallback = (_now, meta) => {
      if (!isOpen) return;
      context.drawImage(video, 0, 0, 256, 16, 0, 0, 256, 16);
      const row = context.getImageData(0, 8, 256, 1).data;
      let number = 0;
      for (let bit = 0; bit < 16; bit++) if ((row[(bit * 16 + 8) * 4] ?? 0) > 128) number |= 1 << bit;
      const fps = meta.width > 640 ? 25 : 15;
      const shownMs = performance.timeOrigin + performance.now();
      let ageMs = (((shownMs - (number * 1000) / fps) % clipMs) + clipMs) % clipMs;
      if (ageMs > clipMs - 500) ageMs -= clipMs; // The browser's clock may run a little behind ours.
      report.width = meta.width;
      if (lastMs > 0) report.longestGapMs = Math.max(report.longestGapMs, shownMs - lastMs);
      lastMs = shownMs;
      report.agesMs.push(ageMs);
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    const close = (): void => {
      isOpen = false;
      report.frames += decoded();
    };
    return { report, close };
  });
  await new Promise((resolve) => setTimeout(resolve, forMs));
  return reports.map(({ report, close }) => {
    close();
    return report;
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
