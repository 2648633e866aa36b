import { signal } from '@preact/signals';

const KEY = 'oriel-first-camera-later';

/** Nobody has said "later" yet, nor added a camera. */
export const isFirstCameraWanted = signal(localStorage.getItem(KEY) === null);

export function hideFirstCameraCard(): void {
  isFirstCameraWanted.value = false;
  localStorage.setItem(KEY, '1');
}
