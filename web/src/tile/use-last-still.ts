import type { ReadonlySignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Quality } from '../../../shared/camera.ts';
import { cameraUrl } from '../gateway/gateway-address.ts';

/** A stream that runs shows its own picture sooner. */
const LIVE_WITHIN_MS = 400;

type Wanted = {
  readonly camera: string;
  readonly quality: Quality;
  readonly still: RefObject<HTMLCanvasElement | null>;
  /** A live picture is on the screen. */
  readonly isShown: ReadonlySignal<boolean>;
  readonly visible: boolean;
};

/** While a tile waits for its first picture it shows the last one that the gateway knows. */
export function useLastStill({ camera, quality, still, isShown, visible }: Wanted): void {
  useEffect(() => {
    if (!visible) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      const canvas = still.current;
      if (isShown.value || !canvas || canvas.width > 0) return;
      drawLastStill(camera, quality, canvas, abort.signal).catch(() => undefined);
    }, LIVE_WITHIN_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [camera, quality, visible, still, isShown]);
}

async function drawLastStill(
  camera: string,
  quality: Quality,
  canvas: HTMLCanvasElement,
  signal: AbortSignal,
): Promise<void> {
  const address = cameraUrl({ gateway: '', camera, token: undefined }, '/last-still.mp4', { quality });
  const response = await fetch(address, { signal });
  if (response.status !== 200) return;
  const url = URL.createObjectURL(await response.blob());
  try {
    const video = await loadPicture(url, signal);
    if (canvas.width > 0) return;
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext('2d')?.drawImage(video, 0, 0);
  } finally {
    URL.revokeObjectURL(url);
  }
}

function loadPicture(url: string, signal: AbortSignal): Promise<HTMLVideoElement> {
  const video = document.createElement('video');
  video.muted = true;
  video.preload = 'auto';
  return new Promise((resolve, reject) => {
    video.addEventListener('loadeddata', () => resolve(video), { signal });
    video.addEventListener('error', reject, { signal });
    signal.addEventListener('abort', reject, { once: true });
    video.src = url;
  });
}
