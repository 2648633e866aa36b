import type { PageLike } from './player-page.ts';

/** How many different colours a video, image or canvas shows: none or one is no picture, a scene has hundreds. */
export function coloursOf(page: PageLike, selector: string): Promise<number> {
  return page.evaluate((wanted) => {
    const element = document.querySelector<HTMLVideoElement | HTMLImageElement | HTMLCanvasElement>(wanted);
    const canvas = document.createElement('canvas');
    canvas.width = 64;
    canvas.height = 36;
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    if (!element || (element instanceof HTMLCanvasElement && element.width === 0)) return 0;
    context.drawImage(element, 0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size;
  }, selector);
}
