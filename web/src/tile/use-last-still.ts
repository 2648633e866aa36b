import type { ReadonlySignal, Signal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Quality } from '../../../shared/camera.ts';
import { cameraUrl } from '../gateway/gateway-address.ts';
import { takenAtMs } from '../player/decision/still-age.ts';

/** A stream that runs shows its own picture sooner. */
const LIVE_WITHIN_MS = 400;

type Wanted = {
  readonly camera: string;
  readonly quality: Quality;
  readonly still: RefObject<HTMLCanvasElement | null>;
  /** Of the picture on it, in epoch milliseconds. */
  readonly takenMs: Signal<number | undefined>;
  /** A live picture is on the screen. */
  readonly isShown: ReadonlySignal<boolean>;
  readonly visible: boolean;
};

/** While a tile waits for its first picture it shows the last one that the gateway knows. */
export function useLastStill({ camera, quality, still, takenMs, isShown, visible }: Wanted): void {
  useEffect(() => {
    if (!visible) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      const canvas = still.current;
      if (isShown.value || !canvas || canvas.width > 0) return;
      drawLastStill(camera, quality, canvas, abort.signal).then(
        (taken) => (takenMs.value = taken ?? takenMs.value),
        () => undefined,
      );
    }, LIVE_WITHIN_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [camera, quality, visible, still, takenMs, isShown]);
}

/** Resolves with when it was taken; undefined when there is none. */
async function drawLastStill(
  camera: string,
  quality: Quality,
  canvas: HTMLCanvasElement,
  signal: AbortSignal,
): Promise<number | undefined> {
  const address = cameraUrl({ gateway: '', camera, token: undefined }, '/last-still.mp4', { quality });
  const response = await fetch(address, { signal });
  if (response.status !== 200) return undefined;
  const url = URL.createObjectURL(await response.blob());
  try {
    const video = await loadPicture(url, signal);
    if (canvas.width > 0) return undefined;
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext('2d')?.drawImage(video, 0, 0);
    return takenAtMs(response);
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
