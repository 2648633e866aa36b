import pino from 'pino';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../shared/error-code.ts';
import type { CameraMemory, SourceContext, SourceSpec } from '../../hub/source.ts';
import type { AccessUnit, TrackInfo } from '../../media/access-unit.ts';
import { systemClock } from '../../platform/clock.ts';
import { asGatewayError } from '../../platform/errors.ts';
import { assetPath } from '../../platform/paths.ts';
import { type AudioClip, loadAudioClip, loadVideoClip, type VideoClip } from '../../simulators/clip.ts';
import { type KasaCamera, startKasaCamera } from '../../simulators/kasa-camera.ts';
import type { KasaQuirks } from '../../simulators/kasa-camera-quirks.ts';
import { dialDirect } from '../connect.ts';
import { createKasaDevice } from './kasa-source.ts';

const USERNAME = 'me@mail.org';
const PASSWORD = 'p#ss/word?';

let clip: VideoClip;
let audio: AudioClip;
let camera: KasaCamera | undefined;
const logLines: string[] = [];

beforeAll(async () => {
  clip = await loadVideoClip(assetPath('sub-360p.h264'));
  audio = await loadAudioClip(assetPath('tone.ulaw'));
});
afterEach(() => camera?.close());

function remember(): CameraMemory & { facts: Map<string, string> } {
  const facts = new Map<string, string>();
  return { facts, get: (key) => facts.get(key), set: (key, value) => void facts.set(key, value) };
}

async function start(quirks: KasaQuirks = {}): Promise<KasaCamera> {
  camera = await startKasaCamera({
    clip,
    audio,
    username: USERNAME,
    password: PASSWORD,
    quirks,
    t0Ms: Date.now() + 200,
  });
  return camera;
}

function context(memory: CameraMemory): SourceContext {
  const log = pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) });
  return { dial: dialDirect, clock: systemClock, log, memory };
}

function specOf(url: string, more: Partial<SourceSpec> = {}): SourceSpec {
  return { url, username: USERNAME, password: PASSWORD, transport: 'auto', connectTimeoutMs: 4000, ...more };
}

type Watched = {
  units: AccessUnit[];
  tracks: (readonly TrackInfo[])[];
  steps: string[];
  error?: { code: ErrorCode; message: string };
};

/** Watches until `enough` says so, the source ends, or time is up. */
async function watch(spec: SourceSpec, memory: CameraMemory, enough: (seen: Watched) => boolean): Promise<Watched> {
  const seen: Watched = { units: [], tracks: [], steps: [] };
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 9000);
  const check = (): void => {
    if (enough(seen)) stop.abort();
  };
  try {
    await createKasaDevice(spec, context(memory)).source.run(
      {
        tracks: (info) => void seen.tracks.push(info),
        publish: (unit) => {
          seen.units.push(unit);
          check();
        },
        step: (step) => void seen.steps.push(step),
      },
      stop.signal,
    );
  } catch (error) {
    const { code, message } = asGatewayError(error);
    seen.error = { code, message };
  }
  clearTimeout(timer);
  return seen;
}

const pictures = (seen: Watched, count: number): boolean =>
  seen.units.filter((unit) => unit.track === 0).length >= count;

describe('every framing gives the same picture', () => {
  test.each<[string, KasaQuirks]>([
    ['raw in HTTP/1.0', {}],
    ['chunked in HTTP/1.0', { framing: 'chunked' }],
    ['chunked in HTTP/1.1', { framing: 'chunked', httpVersion: '1.1' }],
    ['announced as chunked and raw', { framing: 'announced-chunks' }],
    ['a Content-Length of -1', { framing: 'negative-length' }],
    ['untidy delimiters and unknown parts', { untidyParts: true }],
    ['parameter sets in a part of their own', { splitKeyFrames: true }],
    ['no X-Timestamp', { withoutStamps: true }],
  ])('%s', async (_name, quirks) => {
    const { url } = await start(quirks);
    const seen = await watch(specOf(url), remember(), (so) => pictures(so, 15));
    expect(seen.error).toBeUndefined();
    const video = seen.units.filter((unit) => unit.track === 0);
    const first = video[0] as AccessUnit;
    expect(first.keyframe).toBe(true);
    const original = clip.frames.find((frame) => frame.keyframe);
    expect(first.payload.length).toBe(original?.nals.length);
    const steps = video.slice(1).map((unit, n) => unit.ptsUs - (video[n] as AccessUnit).ptsUs);
    expect(steps.every((step) => step > 0)).toBe(true);
    const meanUs = steps.reduce((sum, step) => sum + step, 0) / steps.length;
    expect(meanUs).toBeGreaterThan(60_000);
    expect(meanUs).toBeLessThan(73_000);
  });
});

describe('sound', () => {
  test('comes in pieces of 20 ms on the clock of the picture', async () => {
    const { url } = await start();
    const seen = await watch(specOf(url), remember(), (so) => so.units.filter((unit) => unit.track === 1).length >= 30);
    expect(seen.tracks[0]).toHaveLength(2);
    const sound = seen.units.filter((unit) => unit.track === 1);
    expect(sound.every((unit) => unit.payload[0]?.length === 160)).toBe(true);
    const gaps = sound.slice(1).map((unit, n) => unit.ptsUs - (sound[n] as AccessUnit).ptsUs);
    expect(new Set(gaps)).toEqual(new Set([20_000]));
  });

  test('of a camera that does not say so is found by itself', async () => {
    const { url } = await start({ withoutAudioHeader: true });
    const seen = await watch(specOf(url), remember(), (so) => so.units.some((unit) => unit.track === 1));
    expect(seen.tracks.at(-1)).toHaveLength(2);
  });
});

describe('the password', () => {
  test.each([
    ['base64', '401'],
    ['plain', '401'],
    ['md5', '401'],
    ['md5', '200-then-end'],
  ] as const)('as %s, refused by %s, is found and remembered', async (passwordForm, refusal) => {
    const { url } = await start({ passwordForm, refusal });
    const memory = remember();
    const first = await watch(specOf(url), memory, (so) => pictures(so, 1));
    expect(first.error).toBeUndefined();
    expect(memory.facts.get('kasa-stream-password')).toBe(passwordForm);
    const refusals = camera?.refusals;
    await watch(specOf(url), memory, (so) => pictures(so, 1));
    expect(camera?.refusals).toBe(refusals);
  });

  test('that is wrong is tried in three forms and no more', async () => {
    const { url } = await start();
    const seen = await watch(specOf(url, { password: 'not it' }), remember(), () => false);
    expect(seen.error?.code).toBe('wrong-password');
    expect(camera?.refusals).toBe(3);
  });

  test('that is missing is asked for', async () => {
    const { url } = await start();
    const { username: _, password: __, ...bare } = specOf(url);
    expect((await watch(bare, remember(), () => false)).error?.code).toBe('needs-password');
  });
});

describe('each failure has its own code', () => {
  test('privacy switch', async () => {
    const { url } = await start();
    const device = createKasaDevice(specOf(url), context(remember()));
    const { signal } = new AbortController();
    await device.controls?.set('camera', false, signal);
    const seen = await watch(specOf(url), remember(), () => false);
    expect(seen.error).toMatchObject({ code: 'camera-off', message: expect.stringContaining('privacy') });
    await device.controls?.set('camera', true, signal);
    expect((await watch(specOf(url), remember(), (so) => pictures(so, 1))).error).toBeUndefined();
  });

  test('the end in the middle of a part', async () => {
    const { url } = await start({ endInsidePartAfter: 5 });
    expect((await watch(specOf(url), remember(), () => false)).error?.code).toBe('camera-closed');
  });

  test('another certificate than the first time', async () => {
    const { url } = await start();
    const memory = remember();
    await watch(specOf(url), memory, (so) => pictures(so, 1));
    const pinned = [...memory.facts.keys()].find((key) => key.startsWith('tls-certificate')) ?? '';
    expect(memory.facts.get(pinned)).toMatch(/^[0-9A-F:]{95}$/);
    memory.set(pinned, 'AA:BB');
    expect((await watch(specOf(url), memory, () => false)).error?.code).toBe('certificate-changed');
  });

  test('nobody there', async () => {
    const { url } = await start();
    await camera?.close();
    expect((await watch(specOf(url), remember(), () => false)).error?.code).toBe('refused');
  });

  test('an address that is none', async () => {
    expect((await watch(specOf('kasa://'), remember(), () => false)).error?.code).toBe('bad-request');
  });
});

describe('the camera is treated gently', () => {
  test('one connection at a time, with a rest before the next', async () => {
    const { url } = await start();
    const device = createKasaDevice(specOf(url), context(remember()));
    const runFor = async (ms: number): Promise<number> => {
      const stop = new AbortController();
      let firstMs = 0;
      const startedMs = Date.now();
      setTimeout(() => stop.abort(), ms);
      await device.source.run(
        {
          tracks: () => {},
          publish: () => {
            firstMs ||= Date.now() - startedMs;
          },
          step: () => {},
        },
        stop.signal,
      );
      return firstMs;
    };
    await runFor(300);
    expect(await runFor(4000)).toBeGreaterThan(900);
    expect(camera?.mostStreams).toBe(1);
  });

  test('a clock that restarts does not break the timeline', async () => {
    const { url } = await start({ stampResetAfter: 8 });
    const seen = await watch(specOf(url), remember(), (so) => pictures(so, 20));
    const video = seen.units.filter((unit) => unit.track === 0);
    const spanUs = (video.at(-1)?.ptsUs ?? 0) - (video[0]?.ptsUs ?? 0);
    expect(spanUs).toBeLessThan(3_000_000);
  });
});

describe('old TLS is reached', () => {
  test.each<[string, KasaQuirks, string]>([
    ['static RSA in TLS 1.2', { tls: 'static-rsa-1.2' }, '0'],
    ['TLS 1.0', { tls: '1.0' }, '1'],
  ])('%s', async (_name, quirks, rung) => {
    const { url } = await start(quirks);
    const memory = remember();
    const seen = await watch(specOf(url), memory, (so) => pictures(so, 1));
    expect(seen.error).toBeUndefined();
    expect(memory.facts.get('kasa-tls-rung')).toBe(rung);
  });
});

describe('controls', () => {
  const { signal } = new AbortController();

  test('only what the camera answers to is offered, with its present value', async () => {
    const { url } = await start({ withoutMotor: true });
    const controls = await createKasaDevice(specOf(url), context(remember())).controls?.list(signal);
    expect(controls?.map((control) => control.name)).toEqual(['camera', 'led', 'siren', 'night-mode']);
    expect(controls?.[1]).toEqual({ name: 'led', type: 'switch', value: true });
  });

  test('a set value arrives', async () => {
    const { url } = await start();
    const { controls } = createKasaDevice(specOf(url), context(remember()));
    await controls?.set('led', false, signal);
    await controls?.set('night-mode', 'night', signal);
    await controls?.set('move', 'up', signal);
    expect(Object.fromEntries(camera?.settings ?? [])).toMatchObject({
      led: 'off',
      'night-mode': 'night',
      moved: 'top',
    });
    await expect(controls?.set('night-mode', 'disco', signal)).rejects.toThrow('auto, day or night');
  });

  test('firmware without a control port offers none', async () => {
    const { url } = await start({ withoutControls: true });
    expect(await createKasaDevice(specOf(url), context(remember())).controls?.list(signal)).toEqual([]);
  });
});

describe('talk-back', () => {
  test('what is said arrives byte for byte', async () => {
    const { url } = await start();
    const stop = new AbortController();
    const session = await createKasaDevice(specOf(url), context(remember())).talk?.(stop.signal);
    const said = Uint8Array.from({ length: 1600 }, (_, n) => n % 251);
    for (let at = 0; at < said.length; at += 100) session?.write(said.subarray(at, at + 100));
    await session?.close();
    await expect.poll(() => camera?.heard().length, { timeout: 3000 }).toBe(1600);
    expect(Buffer.from(camera?.heard() ?? []).equals(said)).toBe(true);
  });

  test('a refused account says so', async () => {
    const { url } = await start();
    const device = createKasaDevice(specOf(url, { password: 'no' }), context(remember()));
    await expect(device.talk?.(new AbortController().signal)).rejects.toMatchObject({ code: 'wrong-password' });
  });
});

test('no credential stands in any log line', () => {
  const secrets = [
    PASSWORD,
    Buffer.from(PASSWORD).toString('base64'),
    Buffer.from(`${USERNAME}:`).toString('base64').slice(0, 12),
  ];
  for (const line of logLines) for (const secret of secrets) expect(line).not.toContain(secret);
});
