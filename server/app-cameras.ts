import type { Logger } from 'pino';
import type { CameraFact, DiscoveredCamera } from '../shared/camera-api.ts';
import { ADDRESS_SETTINGS, CAMERA_SETTINGS } from '../shared/camera-settings.ts';
import { type CameraId, isCameraId } from '../shared/ids.ts';
import { reconnects } from '../shared/setting-values.ts';
import { kindOf, SOURCE_KINDS } from '../shared/source-kinds.ts';
import { guardDial } from './auth/guarded-dial.ts';
import { veilDevice } from './auth/veiled-device.ts';
import type { CameraConfig, Config } from './config/schema.ts';
import { discoverCameras } from './discovery/discover-cameras.ts';
import type { ApiParts, Probe } from './http/api/api-context.ts';
import { Hub } from './hub/hub.ts';
import type { CameraDevice, CameraMemory, Dial, SourceContext, SourceSpec } from './hub/source.ts';
import type { Clock } from './platform/clock.ts';
import { GatewayError } from './platform/errors.ts';
import { probeCamera } from './probe/probe-camera.ts';
import type { DemoCamera, DemoCameras } from './simulators/demo-cameras.ts';
import { CameraSources } from './sources/camera-catalog.ts';
import { dialDirect } from './sources/connect.ts';
import { KNOWN_CLOUDS } from './sources/dahua/cloud-profiles.ts';
import { DahuaDevices } from './sources/dahua/dahua-devices.ts';
import { createDevice } from './sources/registry.ts';
import { readUdpLoss } from './sources/rtsp/udp-loss.ts';
import { DEFAULT_RETRY } from './sources/supervisor.ts';
import { TunnelDevices } from './sources/tunnel/tunnel-devices.ts';
import { parseTunnelUrl } from './sources/tunnel/tunnel-source.ts';
import { CameraDirectory, type TakeBackCamera } from './store/camera-directory.ts';
import type { CameraSettings } from './store/cameras.ts';
import type { Store } from './store/store.ts';

export type CameraParts = {
  readonly directory: CameraDirectory;
  readonly hub: Hub;
  readonly probe: Probe;
  readonly discover: ApiParts['discover'];
  device(camera: CameraId): CameraDevice;
  facts(camera: CameraId): readonly CameraFact[];
  /** Rejects when a port for devices that dial in cannot be opened; everything else of the configuration is in force then. */
  configure(config: Config): Promise<void>;
  /** Where this device dials in. */
  tunnelPort(device: string): number | undefined;
  close(): Promise<void>;
};

type Guarded = Pick<CameraSettings, 'restricted' | 'via'>;

/** A camera that accepts the connection at the last moment still has this long to describe itself. */
const VEIL_MARGIN_MS = 2000;

/** The virtual cameras, as far as the gateway needs to know them. */
export type Demo = Pick<DemoCameras, 'cameras' | 'dahuaCloud' | 'dialIn' | 'startDialIn'>;

type Options = {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly demo: Demo | undefined;
  readonly takeBackCamera: TakeBackCamera;
};

/** Settings on one side, the hub on the other, and what connects them: the camera half of the gateway. */
export function createCameraParts({ config, store, clock, log, demo, takeBackCamera }: Options): CameraParts {
  const { lingerSeconds, connectTimeoutSeconds, stallSeconds, retry } = config.sources;
  const connectTimeoutMs = connectTimeoutSeconds * 1000;
  const directory = new CameraDirectory(store, clock, takeBackCamera);
  const clouds = [...(demo ? [demo.dahuaCloud] : []), ...(config.dahua.clouds ?? KNOWN_CLOUDS)];
  const dahua = new DahuaDevices({ clock, log, clouds });
  const tunnels = new TunnelDevices({
    clock,
    log,
    note: ({ device, address, reason }) =>
      store.audit.add(
        { who: 'dial-in device', address, event: 'device-refused', subject: device, detail: reason },
        clock.wallMs(),
      ),
  });
  const create = (
    spec: SourceSpec,
    context: Omit<SourceContext, 'dial'>,
    settings: Guarded | undefined,
  ): CameraDevice => {
    const device = createDevice(spec, { ...context, dial: dialFor(settings) }, { dahua, tunnels });
    const kind = kindOf(spec.url);
    if (!settings?.restricted || !kind || !SOURCE_KINDS[kind].dialsHost) return device;
    const attemptMs = connectTimeoutMs + VEIL_MARGIN_MS;
    return veilDevice(device, { url: spec.url, memory: context.memory, clock, attemptMs });
  };
  const sources = new CameraSources({
    clock,
    log,
    connectTimeoutMs,
    retry: {
      ...DEFAULT_RETRY,
      firstMs: retry.firstSeconds * 1000,
      maxMs: retry.maxSeconds * 1000,
      maxAttempts: retry.maxAttempts,
      stallMs: stallSeconds * 1000,
    },
    find: (camera) => directory.get(camera),
    memoryOf: (camera) => store.memories.of(camera),
    createDevice: (spec, context, camera) => create(spec, context, directory.get(camera)),
  });
  const hub = new Hub(sources, clock, { maxViewers: config.limits.maxViewers, lingerMs: lingerSeconds * 1000 });

  directory.on('changed', (id, before, after) => {
    if (before && after && isSameSource(before, after)) return;
    sources.forget(id);
    store.memories.forget(id);
    void (after?.enabled ? hub.restartCamera(id) : hub.removeCamera(id));
  });
  directory.on('withheld', (camera, reason) =>
    log.error(
      { camera, reason: reason.message },
      'this id means another camera now, which is not shown until that can be kept',
    ),
  );
  hub.on('stream-state', (camera, quality, state) => {
    if (state.phase !== 'offline' || directory.get(camera)?.whenOffline !== 'terminate') return;
    const reason = new GatewayError(state.code, state.message);
    hub.endViewers((viewer) => viewer.camera === camera && viewer.quality === quality, reason);
  });
  const virtual = new Set((demo?.cameras ?? []).map(({ id }) => id as CameraId));
  const demoTunnels = demo ? [{ ...demo.dialIn, port: 0, listen: '127.0.0.1' }] : [];
  const configure = (next: Config): Promise<void> => {
    const opened = tunnels.configure([...demoTunnels, ...next.tunnel.raw]);
    directory.configure([...(demo?.cameras ?? []), ...next.cameras].map(toSettings), virtual);
    return opened;
  };

  return {
    directory,
    hub,
    device: (camera) => sources.device(camera),
    facts: (camera) => {
      const loss = readUdpLoss(store.memories.of(camera), clock.wallMs());
      return [
        ...(loss ? [{ code: 'udp-loss', ...loss } as const] : []),
        ...bareTunnels(directory.get(camera), tunnels),
      ];
    },
    probe: (target, onStep, signal) => {
      const { url, transport, username, password } = target;
      const spec = { url, transport, connectTimeoutMs, ...credentials(username, password) };
      const context = { clock, log, memory: forgetful() };
      const createSource = (of: typeof spec) => create(of, context, target).source;
      return probeCamera(spec, { clock, createSource }, onStep, signal);
    },
    discover: (signal) => discoverOnce(signal),
    configure,
    tunnelPort: (device) => tunnels.portOf(device),
    close: async () => {
      await hub.stop();
      await tunnels.close();
      await dahua.close();
    },
  };
}

/** The devices of a camera that nothing but their network tells from anybody else. */
function bareTunnels(camera: CameraSettings | undefined, tunnels: TunnelDevices): CameraFact[] {
  const urls = ADDRESS_SETTINGS.map((setting) => camera?.[setting] ?? '').filter((url) => kindOf(url) === 'tunnel');
  return [...new Set(urls.map((url) => parseTunnelUrl(url).device))].flatMap((device) => {
    const from = tunnels.bareNetworks(device);
    return from ? [{ code: 'bare-tunnel', device, from } as const] : [];
  });
}

function dialFor(settings: Guarded | undefined): Dial {
  const isThroughAgent = settings?.via !== undefined;
  const dial = isThroughAgent ? dialNoAgent : dialDirect;
  return settings?.restricted ? guardDial(dial, isThroughAgent) : dial;
}

const dialNoAgent: Dial = async () => {
  throw new GatewayError('not-supported', 'This camera stands behind an agent, and this gateway has no agents yet.');
};

async function discoverOnce(signal: AbortSignal): Promise<readonly DiscoveredCamera[]> {
  const found: DiscoveredCamera[] = [];
  await discoverCameras({ signal }, (camera) => void found.push(camera));
  return found;
}

/** What is learned while probing an address that may never be saved. */
function forgetful(): CameraMemory {
  const facts = new Map<string, string>();
  return { get: (key) => facts.get(key), set: (key, value) => void facts.set(key, value) };
}

function credentials(
  username: string | undefined,
  password: string | undefined,
): { username?: string; password?: string } {
  return { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
}

/** A new name or group is no reason to connect again. */
function isSameSource(a: CameraSettings, b: CameraSettings): boolean {
  const isSameAccess = a.restricted === b.restricted && JSON.stringify(a.accounts) === JSON.stringify(b.accounts);
  return isSameAccess && !reconnects(CAMERA_SETTINGS, a, b);
}

function toSettings(camera: CameraConfig | DemoCamera): CameraSettings {
  const { id, name = id, ...rest } = camera;
  if (!isCameraId(id)) throw new GatewayError('config-invalid', `${id} is no camera id.`);
  const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { enabled: true, whenOffline: 'hold', transport: 'auto', ...known, id, name } as CameraSettings;
}
