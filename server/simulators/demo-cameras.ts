import { randomBytes } from 'node:crypto';
import { assetPath } from '../platform/paths.ts';
import { lazyVideoClip, loadAudioClip } from './clip.ts';
import type { DahuaCloudProfile } from './dahua-cloud.ts';
import { startDahuaDemo } from './dahua-demo.ts';
import { startDialInDevice } from './dial-in-device.ts';
import { startKasaCamera } from './kasa-camera.ts';
import { type RtspCamera, startRtspCamera } from './rtsp-camera.ts';

/** A demo camera, in the form of a camera in the config. */
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
  /** The cloud that knows the demo's serial numbers; the value for `dahua.clouds`. */
  readonly dahuaCloud: DahuaCloudProfile;
  /** How the device that dials in is known; belongs into `tunnel.raw`, with a port. */
  readonly dialIn: { readonly name: string; readonly token: string };
  /** From now on that device dials this port of the same machine. */
  startDialIn(port: number): void;
  close(): Promise<void>;
};

export type DemoOptions = {
  /** The port to listen on. 0 means any free port. */
  readonly rtspPort: number;
  readonly kasaPort: number;
  readonly host?: string;
};

/** Every clip is this long and plays as if it had begun at the epoch, so the time of day determines which frame is shown. */
const DEMO_CLIP_SECONDS = 10;

/** All four places are available on the RTSP port. In the grid each kind of camera shows one of them. */
const SCENES = [
  { id: 'driveway', name: 'Driveway', main: 'main-720p.h264', sub: 'sub-360p.h264' },
  { id: 'harbour', name: 'Harbour', main: 'harbour-720p.h264', sub: 'harbour-360p.h264' },
  { id: 'garden', name: 'Garden', main: 'long-gop-720p.h264', sub: 'long-gop-360p.h264' },
  { id: 'warehouse', name: 'Warehouse', main: 'warehouse-720p.h264', sub: 'warehouse-360p.h264' },
];
/** The harbour once more, seen from a shed that nobody reaches from outside. */
const BOATHOUSE = { id: 'boathouse', name: 'Boathouse', scene: 'harbour' };
const USERNAME = 'demo';
const PASSWORD = 'demo-camera';

/** Cameras that do not exist, on real ports, speaking the real protocols: RTSP, Kasa, Dahua by serial number, and RTSP behind a device that dials in. */
export async function startDemoCameras(options: DemoOptions): Promise<DemoCameras> {
  const periodMs = DEMO_CLIP_SECONDS * 1000;
  const t0Ms = Math.floor(Date.now() / periodMs) * periodMs;
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(closers.splice(0).map((one) => one()));
  };
  try {
    const rtsp = await startRtsp(options, t0Ms);
    closers.push(() => rtsp.close());
    const kasa = await startKasaCamera({
      t0Ms,
      username: USERNAME,
      password: PASSWORD,
      port: options.kasaPort,
      ...(options.host === undefined ? {} : { host: options.host }),
      clip: await lazyVideoClip(assetPath('harbour-720p.h264')),
      audio: await loadAudioClip(assetPath('tone.ulaw')),
    });
    closers.push(() => kasa.close());
    const dahua = await startDahuaDemo({ t0Ms });
    closers.push(() => dahua.close());
    const login = { username: USERNAME, password: PASSWORD };
    const cameras = SCENES.map(({ id, name }): DemoCamera => {
      if (id === 'harbour') return { id, name, url: kasa.url, ...login };
      if (id === 'warehouse') return { ...dahua.camera, id, name };
      return { id, name, url: rtsp.url(`/${id}/main`), substream: rtsp.url(`/${id}/sub`), ...login };
    });
    const dialIn = { name: 'demo-device', token: randomBytes(24).toString('hex') };
    const tunnel = `tunnel://${dialIn.name}/${BOATHOUSE.scene}`;
    const { id, name } = BOATHOUSE;
    cameras.push({ id, name, url: `${tunnel}/main`, substream: `${tunnel}/sub`, ...login });
    const startDialIn = (port: number): void => {
      const camera = { host: options.host ?? '127.0.0.1', port: rtsp.port };
      const device = startDialInDevice({ ...dialIn, gateway: { host: '127.0.0.1', port }, camera });
      closers.push(async () => device.close());
    };
    return { cameras, dahuaCloud: dahua.cloud, dialIn, startDialIn, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startRtsp({ rtspPort, host }: DemoOptions, t0Ms: number): Promise<RtspCamera> {
  const audio = await loadAudioClip(assetPath('tone.ulaw'));
  const files = SCENES.flatMap(({ id, main, sub }) => [
    { path: `/${id}/main`, file: main },
    { path: `/${id}/sub`, file: sub },
  ]);
  const paths = await Promise.all(
    files.map(async ({ path, file }) => ({
      path,
      audio,
      username: USERNAME,
      password: PASSWORD,
      clip: await lazyVideoClip(assetPath(file)),
    })),
  );
  return startRtspCamera({ paths, t0Ms, port: rtspPort, ...(host === undefined ? {} : { host }) });
}
