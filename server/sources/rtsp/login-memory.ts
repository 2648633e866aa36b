import type { CameraMemory } from '../../hub/source.ts';
import type { RtspUrl } from '../../protocols/rtsp/url.ts';

/** Whether this server of the camera took a Digest answer before; Basic is never answered to it again. */
export type LoginMemory = {
  readonly takesDigest: boolean;
  rememberDigest(): void;
};

/** The web server that carries RTSP and the RTSP server ask on their own, and may ask differently. */
export function loginMemory(memory: CameraMemory, { host, port }: RtspUrl, server: 'rtsp' | 'web'): LoginMemory {
  const key = `${server}-takes-digest:${host}:${port}`;
  const takesDigest = memory.get(key) !== undefined;
  return {
    takesDigest,
    rememberDigest: () => {
      if (!takesDigest) memory.set(key, 'yes');
    },
  };
}
