/** What other programs import from this package: one camera at a time, or a whole gateway. */

import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { splitCredentials } from '../shared/camera-address.ts';
import type { ProbeReport } from '../shared/probe-report.ts';
import { startApp } from './app.ts';
import { loadConfig, parseConfig } from './config/load.ts';
import type { SourceSpec } from './hub/source.ts';
import type { AccessUnit, TrackInfo } from './media/access-unit.ts';
import type { RecordingProgress } from './outputs/record/record-stream.ts';
import { recordToFile } from './outputs/record/record-to-file.ts';
import { GatewayError } from './platform/errors.ts';
import { createLog } from './platform/log.ts';
import { probeCamera } from './probe/probe-camera.ts';
import { createStandalone } from './sources/standalone.ts';

export type { ErrorCode } from '../shared/error-code.ts';
export type { ProbeReport } from '../shared/probe-report.ts';
export type { AccessUnit, TrackInfo } from './media/access-unit.ts';
export type { RecordingProgress } from './outputs/record/record-stream.ts';
export { GatewayError } from './platform/errors.ts';

export type CameraAddress = {
  /** rtsp://, rtsps://, ws://, wss://, kasa://, dahua:// or clip:// */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly transport?: SourceSpec['transport'];
  /** Default 8000. */
  readonly connectTimeoutMs?: number;
};

/** The address alone, with the account in it where the camera wants one, or with all that belongs to it. */
export type Camera = string | CameraAddress;

export type CameraHandlers = {
  /** Before the first unit, and when the camera changes what it sends. */
  tracks?(tracks: readonly TrackInfo[]): void;
  /** Each picture and each piece of sound. */
  unit(unit: AccessUnit): void;
};

export type CameraConnection = { close(): Promise<void> };

const quiet = createLog('silent');

/** Connects and hands over every unit until closed; a lost camera is dialled again. Rejects when there is no picture in time. */
export async function connect(camera: Camera, handlers: CameraHandlers): Promise<CameraConnection> {
  const standalone = createStandalone(quiet);
  const stop = new AbortController();
  const spec = toSpec(camera);
  const { stream, done } = standalone.openStream(spec, stop.signal);
  const close = async (): Promise<void> => {
    stop.abort();
    await done;
    await standalone.close();
  };
  const first = new Promise<void>((resolveFirst, reject) => {
    stream.subscribe({
      tracks: (tracks) => handlers.tracks?.(tracks),
      unit: (unit) => {
        resolveFirst();
        handlers.unit(unit);
        return true;
      },
      state: (state) => {
        if (state.phase === 'offline') reject(new GatewayError(state.code, state.message));
      },
    });
  });
  try {
    await Promise.race([first, late(spec.connectTimeoutMs * 3, stop.signal)]);
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

/** Looks at the camera for a few seconds; `error` in the report tells why there is no picture. */
export async function testConnection(camera: Camera, signal = new AbortController().signal): Promise<ProbeReport> {
  const standalone = createStandalone(quiet);
  return probeCamera(toSpec(camera), standalone, () => {}, signal).finally(() => standalone.close());
}

export type RecordOptions = {
  /** Ends in .mp4, .h264 or .h265; replaced when it exists. */
  readonly output: string;
  /** Until `signal` aborts when absent. */
  readonly durationSeconds?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RecordingProgress) => void;
};

/** Records without re-encoding. */
export async function record(camera: Camera, options: RecordOptions): Promise<RecordingProgress> {
  const { output, durationSeconds, onProgress, signal = new AbortController().signal } = options;
  const standalone = createStandalone(quiet);
  const stop = new AbortController();
  const { stream, done } = standalone.openStream(toSpec(camera), stop.signal);
  const limits = {
    ...(durationSeconds === undefined ? {} : { durationMs: durationSeconds * 1000 }),
    ...(onProgress ? { onProgress } : {}),
  };
  try {
    return await recordToFile(stream, output, limits, standalone.clock, signal);
  } finally {
    stop.abort();
    await done;
    await standalone.close();
  }
}

export type ServeOptions = {
  /** A config file, or what would stand in one. */
  readonly config?: string | Record<string, unknown>;
  /** Where accounts and the key file lie. Default: ./data */
  readonly data?: string;
};

export type Gateway = {
  readonly url: string;
  /** Those that are open, also where the config says 0. */
  readonly ports: { readonly webrtc: number; readonly rtsp: number };
  /** Signs the owner in once; only while nobody has an account. */
  readonly signInLink: string | undefined;
  /** Ends every viewer, camera and socket. It may be called more than once. */
  stop(): Promise<void>;
};

/** Runs a gateway in this process: with a config file, with options, or with the defaults. */
export async function serve(given: string | ServeOptions = {}): Promise<Gateway> {
  const { config = {}, data = resolve('data') } = typeof given === 'string' ? { config: given } : given;
  const checked =
    typeof config === 'string'
      ? loadConfig(config)
      : parseConfig(JSON.stringify(config), join(data, 'config'), process.env);
  return startApp({ config: checked, data, log: createLog(checked.log.level), demo: undefined });
}

function toSpec(camera: Camera): SourceSpec {
  const address: CameraAddress = typeof camera === 'string' ? { url: camera } : camera;
  const { url, username, password, transport = 'auto', connectTimeoutMs = 8000 } = address;
  const given = splitCredentials(url);
  const name = username ?? given.username;
  const secret = password ?? given.password;
  return {
    url: given.url,
    transport,
    connectTimeoutMs,
    ...(name === undefined ? {} : { username: name }),
    ...(secret === undefined ? {} : { password: secret }),
  };
}

async function late(ms: number, signal: AbortSignal): Promise<never> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => {});
  throw new GatewayError('timeout', 'The camera sent no picture in time.');
}
