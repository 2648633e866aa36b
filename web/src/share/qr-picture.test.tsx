// @vitest-environment happy-dom
import jsQR from 'jsqr';
import { expect, test } from 'vitest';
import { show } from '../testing/page.ts';
import { QrPicture } from './qr-picture.tsx';

const PIXELS = 4;

/** Paints the picture as a browser would, each module as a square of pixels. */
function paint(svg: Element): { readonly pixels: Uint8ClampedArray; readonly width: number } {
  const [, , size = 0] = (svg.getAttribute('viewBox') ?? '').split(' ').map(Number);
  const width = size * PIXELS;
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x, y] of (svg.querySelector('path')?.getAttribute('d') ?? '').matchAll(/M(\d+) (\d+)h1v1h-1z/g))
    for (let down = 0; down < PIXELS; down++) {
      const start = ((Number(y) * PIXELS + down) * width + Number(x) * PIXELS) * 4;
      for (let at = start; at < start + PIXELS * 4; at++) if (at % 4 !== 3) pixels[at] = 0;
    }
  return { pixels, width };
}

test.each([
  'https://oriel.example/s/x',
  `https://gateway.example.com:8443/s/${'aB3-_.~'.repeat(30)}`,
  'https://kamera.example/s/Haustür-für-die-Nachbarn',
])('a scanner reads the link back: %s', async (link) => {
  const page = await show(<QrPicture text={link} label="The link as a QR code" />);
  const svg = page.querySelector('svg[role="img"][aria-label="The link as a QR code"]');
  if (!svg) throw new Error('there is no picture');
  const { pixels, width } = paint(svg);
  expect(jsQR(pixels, width, width, { inversionAttempts: 'dontInvert' })?.data).toBe(link);
  // Scanners need four light modules around the code.
  expect(pixels.subarray(0, 4 * PIXELS * width * 4).every((value) => value === 255)).toBe(true);
});
