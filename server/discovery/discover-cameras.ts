import { discoverKasa } from './discover-kasa.ts';
import { discoverOnvif } from './discover-onvif.ts';
import type { FoundCamera } from './found-camera.ts';

export type DiscoverOptions = {
  readonly signal: AbortSignal;
  /** The kinds to look for. By default every kind. */
  readonly kinds?: readonly FoundCamera['kind'][];
  readonly listenMs?: number;
};

const LISTEN_MS = 4000;

/** Asks the LAN for cameras of all kinds at once. A camera that answers as two kinds is reported as the more specific one. */
export async function discoverCameras(options: DiscoverOptions, found: (camera: FoundCamera) => void): Promise<void> {
  const { signal, kinds = ['onvif', 'kasa'], listenMs = LISTEN_MS } = options;
  const seen = new Set<string>();
  const report = (camera: FoundCamera): void => {
    if (seen.has(camera.address)) return;
    seen.add(camera.address);
    found(camera);
  };
  await Promise.all([
    kinds.includes('kasa') ? discoverKasa({ listenMs, signal }, report) : undefined,
    kinds.includes('onvif') ? discoverOnvif({ listenMs, signal }, report) : undefined,
  ]);
}
