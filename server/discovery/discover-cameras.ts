import { discoverKasa } from './discover-kasa.ts';
import { discoverOnvif } from './discover-onvif.ts';
import type { FoundCamera } from './found-camera.ts';

export type DiscoverOptions = {
  readonly signal: AbortSignal;
  /** Default: every kind. */
  readonly kinds?: readonly FoundCamera['kind'][];
  readonly listenMs?: number;
};

const LISTEN_MS = 4000;

/** Asks the LAN for cameras of every kind at once; a camera that answers in two ways is reported in the more specific one. */
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
