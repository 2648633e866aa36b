import type { CameraDevice, SourceContext, SourceSpec } from '../hub/source.ts';
import { GatewayError } from '../platform/errors.ts';
import { createClipSource } from './clip/clip-source.ts';
import type { DahuaDevices } from './dahua/dahua-devices.ts';
import { createDahuaSource } from './dahua/dahua-source.ts';
import { createKasaDevice } from './kasa/kasa-source.ts';
import { createRtspSource } from './rtsp/rtsp-source.ts';

/** What some adapters share between all their cameras. */
export type SourceServices = { readonly dahua: DahuaDevices };

type Factory = (spec: SourceSpec, context: SourceContext, services: SourceServices) => CameraDevice;

const rtsp: Factory = (spec, context) => ({ source: createRtspSource(spec, context) });

/** The whole list of sources: scheme of the address, and who plays it. */
const FACTORIES: Readonly<Record<string, Factory>> = {
  rtsp,
  rtsps: rtsp,
  ws: rtsp,
  wss: rtsp,
  kasa: createKasaDevice,
  dahua: (spec, context, { dahua }) => ({ source: createDahuaSource(spec, { ...context, devices: dahua }) }),
  clip: (spec, context) => ({ source: createClipSource(spec, context) }),
};

/** Throws `bad-request` for an address that no adapter here plays. */
export function createDevice(spec: SourceSpec, context: SourceContext, services: SourceServices): CameraDevice {
  const scheme = /^([a-z]+):\/\//.exec(spec.url)?.[1] ?? '';
  const factory = Object.hasOwn(FACTORIES, scheme) ? FACTORIES[scheme] : undefined;
  if (!factory) {
    const known = Object.keys(FACTORIES).map((name) => `${name}://`);
    throw new GatewayError('bad-request', `Oriel does not know this kind of address. It plays ${known.join(', ')}.`);
  }
  return factory(spec, context, services);
}
