import { afterEach, beforeAll, expect, test } from 'vitest';
import type { CameraMemory } from '../../hub/source.ts';
import { assetPath } from '../../platform/paths.ts';
import { headerValue } from '../../protocols/rtsp/message.ts';
import { loadVideoClip, type VideoClip } from '../../simulators/clip.ts';
import { type RtspCamera, startRtspCamera } from '../../simulators/rtsp-camera.ts';
import type { AuthQuirks } from '../../simulators/rtsp-camera-quirks.ts';
import { recordSource } from './source-recording.ts';

const LOGIN = { username: 'admin', password: 'secret' };
let clip: VideoClip;
let camera: RtspCamera | undefined;
let memory: CameraMemory;

beforeAll(async () => {
  const whole = await loadVideoClip(assetPath('sub-360p.h264'));
  clip = { ...whole, fps: 50, frames: whole.frames.slice(0, 10) };
});
afterEach(() => camera?.close());

/** One camera after the other on the same port. */
async function replace(auth: AuthQuirks, port = 0): Promise<RtspCamera> {
  await camera?.close();
  camera = await startRtspCamera({ port, paths: [{ path: '/live', clip, ...LOGIN, quirks: { auth } }] });
  return camera;
}

const look = (at: RtspCamera) => recordSource({ url: at.url('/live'), ...LOGIN, context: { memory } });
const answers = (at: RtspCamera): string[] =>
  at.requests.flatMap(({ headers }) => headerValue(headers, 'authorization')?.split(' ')[0] ?? []);

test.each([
  ['offered Digest alone', { challenges: ['digest-md5'] }],
  ['offered both and took Digest', { challenges: ['digest-md5', 'basic'] }],
] satisfies [string, AuthQuirks][])('a camera that %s never gets its password in the clear', async (_name, auth) => {
  const facts = new Map<string, string>();
  memory = { get: (key) => facts.get(key), set: (key, value) => void facts.set(key, value) };
  const first = await replace(auth);
  expect((await look(first)).units).toHaveLength(20);
  const second = await replace({ challenges: ['basic'] }, first.port);
  const { error } = await look(second);
  expect(error?.code).toBe('login-weakened');
  expect(error?.message).toMatch(/^The camera signed in with Digest before/);
  expect(answers(second)).toEqual([]);
  facts.clear();
  expect((await look(second)).units).toHaveLength(20);
  expect(new Set(answers(second))).toEqual(new Set(['Basic']));
});

test('a camera that offers both and takes Basic alone is no reason to refuse', async () => {
  const facts = new Map<string, string>();
  memory = { get: (key) => facts.get(key), set: (key, value) => void facts.set(key, value) };
  const one = await replace({ challenges: ['basic', 'digest-md5'], firstOnly: true });
  for (let round = 0; round < 2; round++) expect((await look(one)).units).toHaveLength(20);
  expect(answers(one)).toContain('Basic');
});
