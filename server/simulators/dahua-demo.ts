import { assetPath } from '../platform/paths.ts';
import { lazyVideoClip, loadAudioClip } from './clip.ts';
import { DahuaCloud, type DahuaCloudProfile } from './dahua-cloud.ts';
import { DahuaDevice } from './dahua-device.ts';
import type { DahuaDeviceKnobs } from './dahua-device-knobs.ts';
import { startRtspCamera } from './rtsp-camera.ts';

export type DahuaDemoOptions = {
  /** Epoch milliseconds at which the clip began. */
  readonly t0Ms?: number;
  readonly serial?: string;
  readonly knobs?: Partial<DahuaDeviceKnobs>;
  /** Old firmware, which lets anybody connect who knows the serial number. */
  readonly isOpen?: boolean;
};

export type DahuaDemo = {
  /** The camera's entry for a config. */
  readonly camera: {
    readonly id: string;
    readonly name: string;
    readonly url: string;
    readonly substream: string;
    readonly username: string;
    readonly password: string;
  };
  /** The value for `dahua.clouds`. */
  readonly cloud: DahuaCloudProfile;
  readonly device: DahuaDevice;
  close(): Promise<void>;
};

const DEMO_SERIAL = '4C0A1B2PAJD3M01';
const USERNAME = 'admin';
const PASSWORD = 'demo-camera';
const SALT = '9f2c1d7e5b8a40639f2c1d7e5b8a4063';
const STREAM = '/cam/realmonitor?channel=1&subtype=';

/** A Dahua camera that can only be reached by its serial number: cloud, relay, device, and the RTSP server in it. */
export async function startDahuaDemo(options: DahuaDemoOptions = {}): Promise<DahuaDemo> {
  const serial = options.serial ?? DEMO_SERIAL;
  const audio = await loadAudioClip(assetPath('tone.ulaw'));
  const files = ['warehouse-720p.h264', 'warehouse-360p.h264'];
  const paths = await Promise.all(
    files.map(async (file, subtype) => ({
      path: `${STREAM}${subtype}`,
      clip: await lazyVideoClip(assetPath(file)),
      audio,
      username: USERNAME,
      password: PASSWORD,
    })),
  );
  const rtsp = await startRtspCamera({ paths, ...(options.t0Ms === undefined ? {} : { t0Ms: options.t0Ms }) });
  const cloud = await DahuaCloud.start({ user: 'demo-app', key: 'demo-key' });
  const device = await DahuaDevice.start({
    serial,
    cloud,
    ports: { 554: rtsp.port },
    ...(options.isOpen ? {} : { login: { username: USERNAME, password: PASSWORD, salt: SALT } }),
    ...(options.knobs ? { knobs: options.knobs } : {}),
  });
  return {
    camera: {
      id: 'loading-bay',
      name: 'Loading bay',
      url: `dahua://${serial}${STREAM}0`,
      substream: `dahua://${serial}${STREAM}1`,
      username: USERNAME,
      password: PASSWORD,
    },
    cloud: cloud.profile,
    device,
    close: async () => {
      device.close();
      cloud.close();
      await rtsp.close();
    },
  };
}
