import { effect } from '@preact/signals';
import { canRotate, openCamera, rotate, rotateMs } from './grid-state.ts';

export const USUAL_ROTATION_MS = 10_000;

export function toggleRotation(): void {
  rotateMs.value = rotateMs.value === undefined && canRotate.value ? USUAL_ROTATION_MS : undefined;
}

/** Turns the pages while a rotation is on and nobody has opened a camera. */
export function runRotation(): () => void {
  return effect(() => {
    const everyMs = rotateMs.value;
    if (everyMs === undefined || openCamera.value !== undefined) return;
    const timer = setInterval(rotate, everyMs);
    return () => clearInterval(timer);
  });
}
