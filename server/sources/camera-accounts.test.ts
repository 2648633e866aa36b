import pino from 'pino';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Quality } from '../../shared/camera.ts';
import { withoutCredentials } from '../../shared/camera-accounts.ts';
import type { CameraSettings } from '../../shared/camera-settings.ts';
import type { CameraId } from '../../shared/ids.ts';
import { systemClock } from '../platform/clock.ts';
import { assetPath } from '../platform/paths.ts';
import { headerValue } from '../protocols/rtsp/message.ts';
import { loadVideoClip, type VideoClip } from '../simulators/clip.ts';
import { type RtspCamera, startRtspCamera } from '../simulators/rtsp-camera.ts';
import { CameraSources } from './camera-catalog.ts';
import { dialDirect } from './connect.ts';
import { createRtspSource } from './rtsp/rtsp-source.ts';
import { DEFAULT_RETRY } from './supervisor.ts';

const ID = 'gate' as CameraId;
const MAIN = { username: 'admin', password: 'main-secret' };
const OTHER = { username: 'bob', password: 'other-secret' };
const BASIC = { quirks: { auth: { challenges: ['basic'] } } } as const;
let clip: VideoClip;
let own: RtspCamera;
let other: RtspCamera;

beforeAll(async () => {
  const whole = await loadVideoClip(assetPath('sub-360p.h264'));
  clip = { ...whole, fps: 50, frames: whole.frames.slice(0, 10) };
});
beforeEach(async () => {
  own = await startRtspCamera({ paths: ['/main', '/sub'].map((path) => ({ path, clip, ...MAIN, ...BASIC })) });
  other = await startRtspCamera({ paths: [{ path: '/sub', clip, ...OTHER, ...BASIC }] });
});
afterEach(async () => {
  await own.close();
  await other.close();
});

/** Watches one quality until a picture or a loss. */
async function watch(addresses: Partial<CameraSettings>, quality: Quality): Promise<string> {
  const settings: CameraSettings = withoutCredentials({
    id: ID,
    name: 'Gate',
    enabled: true,
    transport: 'tcp',
    whenOffline: 'hold',
    ...MAIN,
    url: own.url('/main'),
    ...addresses,
  });
  const sources = new CameraSources({
    clock: systemClock,
    log: pino({ level: 'silent' }),
    retry: { ...DEFAULT_RETRY, maxAttempts: 2, firstMs: 1 },
    connectTimeoutMs: 5000,
    find: () => settings,
    memoryOf: () => ({ get: () => undefined, set: () => {} }),
    createDevice: (spec, context) => ({ source: createRtspSource(spec, { ...context, dial: dialDirect }) }),
  });
  const stop = new AbortController();
  let outcome = '';
  await new Promise<void>((resolve) => {
    const finish = (what: string): void => {
      outcome ||= what;
      resolve();
    };
    const lost = (error: Error & { code: string }, retryAtMs?: number): void => {
      if (retryAtMs === undefined) finish(error.code);
    };
    const sink = { tracks: () => {}, step: () => {}, publish: () => finish('plays'), lost };
    void sources.createRunner(ID, quality).run(sink, stop.signal).then(resolve);
  });
  stop.abort();
  return outcome;
}

/** The accounts that arrived at a camera, readable because it asks for Basic. */
function arrived(camera: RtspCamera): string[] {
  const answers = camera.requests.flatMap(({ headers }) => headerValue(headers, 'authorization') ?? []);
  return [...new Set(answers.map((text) => Buffer.from(text.slice('Basic '.length), 'base64').toString()))];
}

const withAccount = (url: string): string => url.replace('rtsp://', `rtsp://${OTHER.username}:${OTHER.password}@`);

test('a substream at the same place uses the main account', async () => {
  expect(await watch({ substream: own.url('/sub') }, 'sub')).toBe('plays');
  expect(arrived(own)).toEqual(['admin:main-secret']);
});

test('a substream at another place gets no account', async () => {
  expect(await watch({ substream: other.url('/sub') }, 'sub')).toBe('needs-password');
  expect(arrived(other)).toEqual([]);
});

test('a substream with its own account gets that one, and the main address does not', async () => {
  const substream = withAccount(other.url('/sub'));
  expect(await watch({ substream }, 'sub')).toBe('plays');
  expect(await watch({ substream }, 'main')).toBe('plays');
  expect(arrived(other)).toEqual(['bob:other-secret']);
  expect(arrived(own)).toEqual(['admin:main-secret']);
});

test('a fallback gets its own account or none, while the main address is gone', async () => {
  const url = 'rtsp://127.0.0.1:1/main';
  expect(await watch({ url, fallback: other.url('/sub') }, 'main')).toBe('needs-password');
  expect(arrived(other)).toEqual([]);
  expect(await watch({ url, fallback: withAccount(other.url('/sub')) }, 'main')).toBe('plays');
  expect(arrived(other)).toEqual(['bob:other-secret']);
});
