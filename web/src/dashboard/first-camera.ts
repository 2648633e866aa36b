import { signal } from '@preact/signals';

const KEY = 'oriel-first-camera-later';

/** True until somebody in this browser presses "Later" or adds a camera. */
export const isFirstCameraWanted = signal(localStorage.getItem(KEY) === null);

export function hideFirstCameraCard(): void {
  isFirstCameraWanted.value = false;
  localStorage.setItem(KEY, '1');
}
