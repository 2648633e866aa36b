import { beforeAll, describe, expect, test } from 'vitest';
import type { SourceRunner } from '../../hub/hub.ts';
import { GatewayError } from '../../platform/errors.ts';
import { assetPath } from '../../platform/paths.ts';
import { type AudioClip, loadAudioClip, loadVideoClip, type VideoClip } from '../../simulators/clip.ts';
import { recognizeFrames } from '../../simulators/clip-comparison.ts';
import { type JudgeResult, runJudge } from '../../simulators/outside-judge.ts';
import { loopedCamera } from './testing/looped-camera.ts';
import { aReader, type ReaderGateway, startReaderGateway } from './testing/reader-gateway.ts';

const MULTICAST = { address: '239.255.17.4', port: 27_000, ttl: 1 };
let clip: VideoClip;
let longGop: VideoClip;
let h265: VideoClip;
let mulaw: AudioClip;
let aac: AudioClip;

beforeAll(async () => {
  clip = await loadVideoClip(assetPath('main-720p.h264'));
  longGop = await loadVideoClip(assetPath('long-gop-360p.h264'));
  h265 = await loadVideoClip(assetPath('main-720p.h265'));
  mulaw = await loadAudioClip(assetPath('tone.ulaw'));
  aac = await loadAudioClip(assetPath('tone.adts'));
});

async function withGateway(
  createRunner: () => SourceRunner,
  judge: (gateway: ReaderGateway) => Promise<void>,
  options: Parameters<typeof startReaderGateway>[1] = {},
): Promise<void> {
  const gateway = await startReaderGateway(createRunner, options);
  try {
    await judge(gateway);
  } finally {
    await gateway.close();
  }
}

function record(transport: string, format: 'h264' | 'hevc', frames: number, url: string): Promise<JudgeResult> {
  const input = ['-v', 'fatal', '-rtsp_transport', transport, '-i', url];
  return runJudge('ffmpeg', [...input, '-map', '0:v', '-frames:v', `${frames}`, '-c', 'copy', '-f', format, '-']);
}

function playWithGStreamer(url: string, protocols: string, version: string, codec: 'h264' | 'h265', buffers: number) {
  const source = ['rtspsrc', `location=${url}`, `protocols=${protocols}`, `default-rtsp-version=${version}`];
  const bytes = ['!', `rtp${codec}depay`, '!', `video/x-${codec},stream-format=byte-stream,alignment=au`];
  return runJudge('gst-launch-1.0', [
    '-q',
    ...source,
    ...bytes,
    '!',
    'identity',
    `eos-after=${buffers}`,
    '!',
    'fdsink',
  ]);
}

/** Expects a key frame first and then every frame in its order. */
function expectFromKeyFrame(frames: readonly number[], count: number, of: VideoClip): void {
  const first = frames[0] ?? -1;
  expect(of.frames[first]?.keyframe).toBe(true);
  expect(frames.slice(0, count)).toEqual(Array.from({ length: count }, (_, at) => (first + at) % of.frames.length));
}

describe('ffmpeg', () => {
  const recordsBitByBit = (transport: string) =>
    withGateway(
      () => loopedCamera(clip, mulaw),
      async (gateway) => {
        const { stdout } = await record(transport, 'h264', 60, gateway.url('/cam'));
        expectFromKeyFrame(recognizeFrames(clip, stdout), 60, clip);
      },
      { multicast: MULTICAST },
    );

  test.concurrent.each(['tcp', 'udp'])('records H.264 bit by bit over %s', recordsBitByBit);

  // All tests use one group address, so this does not run at the same time as others.
  test('records H.264 bit by bit over multicast', () => recordsBitByBit('udp_multicast'));

  test.concurrent('records H.265 bit by bit, with sound beside it', () =>
    withGateway(
      () => loopedCamera(h265, aac),
      async (gateway) => {
        const { stdout } = await record('tcp', 'hevc', 60, gateway.url('/cam'));
        expectFromKeyFrame(recognizeFrames(h265, stdout), 60, h265);
      },
    ));

  test.concurrent('begins with the cached key frame when the next one is ten seconds away', () =>
    withGateway(
      () => loopedCamera(longGop),
      async (gateway) => {
        await record('tcp', 'h264', 20, gateway.url('/cam'));
        const startedMs = Date.now();
        const { stdout } = await record('tcp', 'h264', 30, gateway.url('/cam'));
        expect(Date.now() - startedMs).toBeLessThan(5000);
        expectFromKeyFrame(recognizeFrames(longGop, stdout), 30, longGop);
      },
      { lingerMs: 20_000 },
    ));

  test.concurrent('plays only the sound and receives all of it', () =>
    withGateway(
      () => loopedCamera(clip, mulaw),
      async (gateway) => {
        const input = ['-v', 'fatal', '-rtsp_transport', 'tcp', '-allowed_media_types', 'audio'];
        const output = ['-t', '1', '-c', 'copy', '-f', 'mulaw', '-'];
        const { stdout } = await runJudge('ffmpeg', [...input, '-i', gateway.url('/cam'), ...output]);
        expect(stdout.length).toBeGreaterThanOrEqual(7500);
        const tone = Buffer.concat(mulaw.frames);
        expect(Buffer.concat([tone, tone]).includes(stdout.subarray(0, 4000))).toBe(true);
      },
    ));
});

describe('ffprobe', () => {
  test('signs in with a token in the address, although Digest is offered', () =>
    withGateway(
      () => loopedCamera(clip, mulaw),
      async (gateway) => {
        const ask = (token: string): Promise<JudgeResult> => {
          const url = `rtsp://127.0.0.1:${gateway.output.port}/cam?token=${token}`;
          return runJudge('ffprobe', ['-v', 'error', '-rtsp_transport', 'tcp', '-show_streams', url]);
        };
        expect((await ask('share-token')).stdout.toString()).toContain('codec_name=h264');
        expect((await ask('other')).stderr.toString()).toContain('401');
      },
      {
        authorizer: {
          offersDigest: () => true,
          cannotDigest: () => {},
          digestSecrets: () => [],
          signIn: async (name, password) => {
            if (name === 'token' && password === 'share-token') return aReader();
            throw new GatewayError('not-signed-in', 'no');
          },
          isHeldOff: () => false,
          failed: () => {},
          cameIn: () => {},
        },
      },
    ));

  test.concurrent.each(['tcp', 'udp'])('reads picture and sound over %s', (transport) =>
    withGateway(
      () => loopedCamera(h265, aac),
      async (gateway) => {
        const what = ['-show_entries', 'stream=codec_name,width,sample_rate', '-of', 'csv=p=0'];
        const args = ['-v', 'error', '-rtsp_transport', transport, ...what, gateway.url('/cam')];
        const { stdout } = await runJudge('ffprobe', args);
        expect(stdout.toString().trim().split('\n')).toEqual(['hevc,1280', 'aac,48000']);
      },
    ),
  );

  test.concurrent('finds the camera under its own path, with a query in it', () =>
    withGateway(
      () => loopedCamera(clip),
      async (gateway) => {
        const url = gateway.url('/cam/realmonitor?channel=1&subtype=0');
        const { stdout } = await runJudge('ffprobe', ['-v', 'error', '-rtsp_transport', 'tcp', '-show_streams', url]);
        expect(stdout.toString()).toContain('codec_name=h264');
      },
    ));

  test.concurrent.each([
    ['a wrong password', 'rtsp://reader:wrong@', '/cam', '401'],
    ['no password', 'rtsp://', '/cam', '401'],
    ['a camera that does not exist', 'rtsp://reader:secret@', '/other', 'There is no such camera'],
  ])('is told about %s', (_name, start, path, words) =>
    withGateway(
      () => loopedCamera(clip),
      async (gateway) => {
        const url = `${start}127.0.0.1:${gateway.output.port}${path}`;
        const { code, stderr } = await runJudge('ffprobe', ['-v', 'error', '-rtsp_transport', 'tcp', url]);
        expect(code).not.toBe(0);
        expect(stderr).toContain(words);
        expect(gateway.hub.viewers()).toHaveLength(0);
      },
    ),
  );
});

describe('GStreamer', () => {
  const plays = (protocols: string, version: string, codec: 'h264' | 'h265') => {
    const played = codec === 'h264' ? clip : h265;
    return withGateway(
      () => loopedCamera(played),
      async (gateway) => {
        const { stdout } = await playWithGStreamer(gateway.url('/cam'), protocols, version, codec, 40);
        expectFromKeyFrame(recognizeFrames(played, stdout), 38, played);
      },
      { multicast: MULTICAST },
    );
  };

  test.concurrent.each([
    ['tcp', '1-0', 'h264'],
    ['tcp', '2-0', 'h264'],
    ['udp', '1-0', 'h264'],
    ['udp', '2-0', 'h264'],
    ['tcp', '1-0', 'h265'],
  ] as const)('plays over %s in RTSP %s: %s', plays);

  test('plays what is sent to a group', () => plays('udp-mcast', '1-0', 'h264'));
});
