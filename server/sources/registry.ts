import { KNOWN_SCHEMES, kindOf, type SourceKindName } from '../../shared/source-kinds.ts';
import type { CameraDevice, SourceContext, SourceSpec } from '../hub/source.ts';
import { GatewayError } from '../platform/errors.ts';
import { createClipSource } from './clip/clip-source.ts';
import type { DahuaDevices } from './dahua/dahua-devices.ts';
import { createDahuaSource } from './dahua/dahua-source.ts';
import { createKasaDevice } from './kasa/kasa-source.ts';
import { createRtspSource } from './rtsp/rtsp-source.ts';
import { createTunnelSource, type Tunnels } from './tunnel/tunnel-source.ts';

/** What some adapters share between all their cameras. */
export type SourceServices = { readonly dahua: DahuaDevices; readonly tunnels: Tunnels };

type Factory = (spec: SourceSpec, context: SourceContext, services: SourceServices) => CameraDevice;

/** Who plays each kind of source. */
const FACTORIES: Readonly<Record<SourceKindName, Factory>> = {
  rtsp: (spec, context) => ({ source: createRtspSource(spec, context) }),
  kasa: createKasaDevice,
  dahua: (spec, context, { dahua }) => ({ source: createDahuaSource(spec, { ...context, devices: dahua }) }),
  tunnel: (spec, context, { tunnels }) => ({ source: createTunnelSource(spec, { ...context, tunnels }) }),
  clip: (spec, context) => ({ source: createClipSource(spec, context) }),
};

/** Throws `bad-request` for an address that no adapter here plays. */
export function createDevice(spec: SourceSpec, context: SourceContext, services: SourceServices): CameraDevice {
  const kind = kindOf(spec.url);
  if (!kind)
    throw new GatewayError('bad-request', `Oriel does not know this kind of address. It plays ${KNOWN_SCHEMES}.`);
  return FACTORIES[kind](spec, context, services);
}
