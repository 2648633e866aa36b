/** A camera's id, which the config and every address use: a-z 0-9 - _ */
export type CameraId = string & { readonly __brand: 'CameraId' };
export type ViewerId = string & { readonly __brand: 'ViewerId' };

export const CAMERA_ID_PATTERN = /^[a-z0-9][a-z0-9_-]{0,62}$/;

export function isCameraId(text: string): text is CameraId {
  return CAMERA_ID_PATTERN.test(text);
}
