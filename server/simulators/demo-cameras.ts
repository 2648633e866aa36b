import { assetPath } from '../platform/paths.ts';
import { loadAudioClip, loadVideoClip } from './clip.ts';
import { startRtspCamera } from './rtsp-camera.ts';

/** A demo camera as it is offered to the gateway; the shape of a camera in the config. */
export type DemoCamera = {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly substream?: string;
  readonly username?: string;
  readonly password?: string;
};

export type DemoCameras = {
  readonly cameras: readonly DemoCamera[];
  close(): Promise<void>;
};

export type DemoOptions = {
  /** 0 takes a free port. */
  readonly rtspPort: number;
  readonly host?: string;
};

/** Every clip is this long, and plays as if it had begun at the epoch: the frame to be seen follows from the time of day. */
export const DEMO_CLIP_SECONDS = 10;

const SCENES = [
  { id: 'driveway', name: 'Driveway', main: 'main-720p.h264', sub: 'sub-360p.h264' },
  { id: 'harbour', name: 'Harbour', main: 'harbour-720p.h264', sub: 'harbour-360p.h264' },
  { id: 'garden', name: 'Garden', main: 'long-gop-720p.h264', sub: 'long-gop-360p.h264' },
  { id: 'warehouse', name: 'Warehouse', main: 'warehouse-720p.h264', sub: 'warehouse-360p.h264' },
];
const USERNAME = 'demo';
const PASSWORD = 'demo-camera';

/** Cameras that do not exist, on real ports, speaking the real protocols. */
export async function startDemoCameras(options: DemoOptions): Promise<DemoCameras> {
  const audio = await loadAudioClip(assetPath('tone.ulaw'));
  const paths = await Promise.all(
    SCENES.flatMap(({ id, main, sub }) => [
      { path: `/${id}/main`, file: main },
      { path: `/${id}/sub`, file: sub },
    ]).map(async ({ path, file }) => ({
      path,
      clip: await loadVideoClip(assetPath(file)),
      audio,
      username: USERNAME,
      password: PASSWORD,
    })),
  );
  const periodMs = DEMO_CLIP_SECONDS * 1000;
  const rtsp = await startRtspCamera({
    paths,
    port: options.rtspPort,
    ...(options.host === undefined ? {} : { host: options.host }),
    t0Ms: Math.floor(Date.now() / periodMs) * periodMs,
  });
  const cameras = SCENES.map(({ id, name }) => ({
    id,
    name,
    url: rtsp.url(`/${id}/main`),
    substream: rtsp.url(`/${id}/sub`),
    username: USERNAME,
    password: PASSWORD,
  }));
  return { cameras, close: () => rtsp.close() };
}
