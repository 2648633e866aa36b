import { addressesOf } from '../../shared/brand-address.ts';
import { splitCredentials } from '../../shared/camera-address.ts';
import { TRANSPORTS } from '../../shared/camera-settings.ts';
import { recognise } from '../../shared/recognise.ts';
import { CAMERA_BRANDS } from '../../shared/source-kinds.ts';
import { defaultConfig, loadConfig } from '../config/load.ts';
import type { SourceSpec } from '../hub/source.ts';
import type { KnownPlaces } from '../sources/standalone.ts';
import { UsageError } from './command.ts';

/** The options of every command that opens one camera. */
export const CAMERA_OPTIONS = {
  user: { type: 'string', short: 'u' },
  password: { type: 'string', short: 'p' },
  transport: { type: 'string' },
  config: { type: 'string' },
} as const;

export const CAMERA_OPTIONS_HELP = `  -u USER, -p PASS   its account; also read from the address
  --transport T      how RTSP carries the picture: auto, tcp, udp, multicast, http (default auto)
  --config FILE      where a camera's id is looked up, and its account`;

export type CameraArgument = { readonly spec: SourceSpec; readonly places: KnownPlaces };

type Values = {
  readonly [Name in keyof typeof CAMERA_OPTIONS]?: string | undefined;
};

/** Reads the one positional argument: an address, or the id of a camera in the config. */
export function readCameraArgument(command: string, positionals: readonly string[], values: Values): CameraArgument {
  const [argument, ...more] = positionals;
  if (argument === undefined || more.length > 0) throw new UsageError(`oriel ${command} takes one address or camera.`);
  const config = values.config === undefined ? defaultConfig() : loadConfig(values.config);
  const saved = config.cameras.find((camera) => camera.id === argument);
  const given = saved ?? readAddress(argument, values.config);
  const asked = values.transport ?? saved?.transport ?? 'auto';
  const transport = TRANSPORTS.find((known) => known === asked);
  if (!transport) throw new UsageError(`--transport is one of ${TRANSPORTS.join(', ')}.`);
  const username = values.user ?? given.username;
  const password = values.password ?? given.password;
  return {
    spec: {
      url: given.url,
      transport,
      connectTimeoutMs: config.sources.connectTimeoutSeconds * 1000,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    },
    places: { tunnels: config.tunnel.raw, ...(config.dahua.clouds ? { clouds: config.dahua.clouds } : {}) },
  };
}

/** An address, or what the dashboard takes for one: a serial number, a host with a path. */
function readAddress(text: string, config: string | undefined): ReturnType<typeof splitCredentials> {
  if (text.includes('://')) return splitCredentials(text);
  const recognised = recognise(text);
  if (recognised.is === 'camera') return recognised;
  if (config !== undefined) throw new UsageError(`There is no camera ${text} in ${config}.`);
  if (recognised.is === 'host') {
    const { host, port } = recognised;
    const usual = CAMERA_BRANDS.map(({ name }) => `  ${name.padEnd(12)} ${addressesOf(name, host, port).url}`);
    throw new UsageError(`${text} leads to a camera, and its brand says how its address goes on:\n${usual.join('\n')}`);
  }
  throw new UsageError(`${text} is no address (rtsp://…); name the config that holds the camera with --config.`);
}
