import pino from 'pino';
import { afterEach, expect, test } from 'vitest';
import { SOURCE_KIND_NAMES, SOURCE_KINDS, type SourceKindName } from '../../shared/source-kinds.ts';
import type { SourceSpec } from '../hub/source.ts';
import { systemClock } from '../platform/clock.ts';
import { asGatewayError } from '../platform/errors.ts';
import { assetPath } from '../platform/paths.ts';
import { lazyVideoClip, loadAudioClip } from '../simulators/clip.ts';
import type { DahuaCloudProfile } from '../simulators/dahua-cloud.ts';
import { startDahuaDemo } from '../simulators/dahua-demo.ts';
import { startDialInDevice } from '../simulators/dial-in-device.ts';
import { startKasaCamera } from '../simulators/kasa-camera.ts';
import { startRtspCamera } from '../simulators/rtsp-camera.ts';
import { dialDirect } from './connect.ts';
import { DahuaDevices } from './dahua/dahua-devices.ts';
import { createDevice } from './registry.ts';
import { TunnelDevices } from './tunnel/tunnel-devices.ts';

type Simulated = Pick<SourceSpec, 'url' | 'username' | 'password'> & {
  readonly clouds?: readonly DahuaCloudProfile[];
  readonly tunnels?: TunnelDevices;
  close(): Promise<void>;
};

const LOGIN = { username: 'admin', password: 'secret' };
const clip = () => lazyVideoClip(assetPath('sub-360p.h264'));

/** The simulator of each kind of source; a kind without one is a type error. */
const SIMULATORS: Readonly<Record<SourceKindName, () => Promise<Simulated>>> = {
  rtsp: async () => {
    const camera = await startRtspCamera({ paths: [{ path: '/live', clip: await clip(), ...LOGIN }] });
    return { url: camera.url('/live'), ...LOGIN, close: () => camera.close() };
  },
  kasa: async () => {
    const audio = await loadAudioClip(assetPath('tone.ulaw'));
    const camera = await startKasaCamera({ clip: await clip(), audio, ...LOGIN });
    return { url: camera.url, ...LOGIN, close: () => camera.close() };
  },
  dahua: async () => {
    const { camera, cloud, close } = await startDahuaDemo();
    const { url, username, password } = camera;
    return { url, username, password, clouds: [cloud], close };
  },
  tunnel: async () => {
    const camera = await startRtspCamera({ paths: [{ path: '/live', clip: await clip(), ...LOGIN }] });
    const tunnels = new TunnelDevices({ clock: systemClock, log: pino({ level: 'silent' }), note: () => {} });
    const token = 'known to the device and the gateway';
    await tunnels.configure([{ name: 'warehouse', port: 0, token, listen: '127.0.0.1' }]);
    const device = startDialInDevice({
      name: 'warehouse',
      token,
      gateway: { host: '127.0.0.1', port: tunnels.portOf('warehouse') as number },
      camera: { host: '127.0.0.1', port: camera.port },
    });
    const close = async (): Promise<void> => {
      device.close();
      await camera.close();
    };
    return { url: 'tunnel://warehouse/live', ...LOGIN, tunnels, close };
  },
  clip: async () => ({ url: `clip://${assetPath('sub-360p.h264')}`, close: async () => {} }),
};

const noTunnels = () => new TunnelDevices({ clock: systemClock, log: pino({ level: 'silent' }), note: () => {} });

let closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  closers = [];
});

test.each(SOURCE_KIND_NAMES)(
  '%s: what its description takes is played, with the simulator of its own',
  async (kind) => {
    const { clouds = [], tunnels = noTunnels(), close, ...address } = await SIMULATORS[kind]();
    closers.push(close);
    const { address: pattern, schemes } = SOURCE_KINDS[kind];
    expect(address.url).toMatch(pattern);
    expect(Object.keys(schemes)).toContain(address.url.split(':')[0]);
    const log = pino({ level: 'silent' });
    const dahua = new DahuaDevices({ clock: systemClock, log, clouds });
    closers.push(() => dahua.close());
    closers.push(() => tunnels.close());
    const memory = { get: () => undefined, set: () => {} };
    const context = { dial: dialDirect, clock: systemClock, log, memory };
    const { source } = createDevice({ ...address, transport: 'auto', connectTimeoutMs: 8000 }, context, {
      dahua,
      tunnels,
    });
    const stop = new AbortController();
    let units = 0;
    const publish = (): void => {
      if (++units === 10) stop.abort();
    };
    await source.run({ tracks: () => {}, step: () => {}, publish }, stop.signal);
    expect(units).toBeGreaterThanOrEqual(10);
  },
);

test('an address that nothing plays is refused with what is played', () => {
  const log = pino({ level: 'silent' });
  const dahua = new DahuaDevices({ clock: systemClock, log, clouds: [] });
  const memory = { get: () => undefined, set: () => {} };
  const context = { dial: dialDirect, clock: systemClock, log, memory };
  const create = (): unknown =>
    createDevice({ url: 'carrier-pigeon://warehouse/1', transport: 'auto', connectTimeoutMs: 8000 }, context, {
      dahua,
      tunnels: noTunnels(),
    });
  expect(create).toThrow(
    /It plays rtsp:\/\/, rtsps:\/\/, ws:\/\/, wss:\/\/, kasa:\/\/, dahua:\/\/, tunnel:\/\/, clip:\/\/\./,
  );
  let code = '';
  try {
    create();
  } catch (error) {
    code = asGatewayError(error).code;
  }
  expect(code).toBe('bad-request');
});
