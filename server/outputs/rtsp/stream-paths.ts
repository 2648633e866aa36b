import { type CameraId, isCameraId } from '../../../shared/ids.ts';
import type { StreamTarget } from './reader-host.ts';

/** The part of a configured camera that concerns its addresses. */
export type AddressedCamera = {
  readonly id: string;
  readonly url: string;
  readonly substream?: string | undefined;
};

/**
 * Finds the stream for a path: `/CAMERA`, `/CAMERA/sub`, `/CAMERA/main`, or the camera's own path, so that a recorder only needs
 * another host name. A vendor path that several cameras share means none of them.
 */
export function createStreamLocator(
  cameras: () => readonly AddressedCamera[],
): (path: string) => StreamTarget | undefined {
  return (asked) => {
    const path = withoutToken(asked);
    const [, id = '', quality = 'main'] = /^\/([^/?]+)(?:\/(main|sub))?$/.exec(path) ?? [];
    const known = cameras();
    if (isCameraId(id) && known.some((camera) => camera.id === id))
      return { camera: id, quality: quality === 'sub' ? 'sub' : 'main' };
    const matches = known.flatMap((camera) => vendorTargets(camera, path));
    return matches.length === 1 ? matches[0] : undefined;
  };
}

/** Removes a token from the address, because it says who asks and not which stream. */
function withoutToken(path: string): string {
  return path.replace(/([?&])token=[^&]*&?/, '$1').replace(/[?&]$/, '');
}

function vendorTargets(camera: AddressedCamera, path: string): StreamTarget[] {
  const id = camera.id as CameraId;
  if (pathOf(camera.url) === path) return [{ camera: id, quality: 'main' }];
  if (camera.substream !== undefined && pathOf(camera.substream) === path) return [{ camera: id, quality: 'sub' }];
  return [];
}

/** Undefined for an address that is not RTSP or has no path. */
function pathOf(url: string): string | undefined {
  const path = /^rtsps?:\/\/[^/]*(\/.*?)\/*$/i.exec(url)?.[1];
  return path === '/' ? undefined : path;
}
