import type { Value } from './database.ts';

/** How the cameras that a right is limited to are stored and shown. */
export type CameraRights = 'all' | readonly string[];

export function cameraRightsColumn(rights: CameraRights): Value {
  return rights === 'all' ? null : JSON.stringify(rights);
}

export function readCameraRights(column: Value | undefined): CameraRights {
  return typeof column === 'string' ? (JSON.parse(column) as string[]) : 'all';
}
