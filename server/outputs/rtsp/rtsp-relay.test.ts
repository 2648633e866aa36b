import pino from 'pino';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SourceRunner } from '../../hub/hub.ts';
import { H264_NAL, h264NalType } from '../../media/video/h264.ts';
import { systemClock } from '../../platform/clock.ts';
import { assetPath } from '../../platform/paths.ts';
import { loadVideoClip, type VideoClip } from '../../simulators/clip.ts';
import { recognizeFrames } from '../../simulators/clip-comparison.ts';
import { runJudge } from '../../simulators/outside-judge.ts';
import { type RtspCamera, startRtspCamera } from '../../simulators/rtsp-camera.ts';
import type { RtspCameraQuirks } from '../../simulators/rtsp-camera-quirks.ts';
import { dialDirect } from '../../sources/connect.ts';
import { createRtspSource } from '../../sources/rtsp/rtsp-source.ts';
import { DEFAULT_RETRY, supervise } from '../../sources/supervisor.ts';
import { RawReader } from './testing/raw-reader.ts';
import { type ReaderGateway, startReaderGateway } from './testing/reader-gateway.ts';

/** Longer than a frame of the clip, with a margin. */
const LONG_STEP_TICKS = 4500;
const LOGIN = { username: 'admin', password: 'p#a/s?s' };
const VENDOR_PATH = '/cam/realmonitor?channel=1&subtype=0';
const ODDITIES: RtspCameraQuirks = {
  video: { marker: 'on-parameter-sets', delimiters: true, sei: 'in-frame', fragments: 'whole-nal-in-one' },
  framing: { decoratedPackets: true, writeBytes: 700 },
  auth: { challenges: ['digest-sha256', 'digest-md5', 'basic'], qop: 'auth' },
  timing: { firstSequence: 65_500, firstTimestamp: 0xffff0000 },
};
let clip: VideoClip;
let camera: RtspCamera;
let gateway: ReaderGateway;

beforeAll(async () => {
  clip = await loadVideoClip(assetPath('sub-360p.h264'), 50);
});

afterEach(async () => {
  await gateway.close();
  await camera.close();
});

/** A camera, our client, the hub, our server. */
async function start(quirks: RtspCameraQuirks, transport: 'tcp' | 'udp' = 'tcp'): Promise<void> {
  camera = await startRtspCamera({ paths: [{ path: VENDOR_PATH, clip, quirks, ...LOGIN }] });
  const log = pino({ level: 'silent' });
  const memory = { get: () => undefined, set: () => {} };
  const spec = { url: camera.url(VENDOR_PATH), ...LOGIN, transport, connectTimeoutMs: 5000 };
  const createRunner = (): SourceRunner => {
    const source = createRtspSource(spec, { dial: dialDirect, clock: systemClock, log, memory });
    return supervise(source, { ...DEFAULT_RETRY, firstMs: 100 }, systemClock, log);
  };
  gateway = await startReaderGateway(createRunner);
}

describe('from a camera through Oriel to ffmpeg', () => {
  test.each<[string, RtspCameraQuirks, 'tcp' | 'udp', 'tcp' | 'udp']>([
    ['TCP to TCP', {}, 'tcp', 'tcp'],
    ['UDP to UDP', {}, 'udp', 'udp'],
    ['a camera that cuts and marks strangely', ODDITIES, 'tcp', 'udp'],
  ])('%s: bit by bit, under the path of the camera', async (_name, quirks, from, to) => {
    await start(quirks, from);
    const input = ['-v', 'fatal', '-rtsp_transport', to, '-i', gateway.url(VENDOR_PATH)];
    const { stdout } = await runJudge('ffmpeg', [...input, '-frames:v', '30', '-c', 'copy', '-f', 'h264', '-']);
    const frames = recognizeFrames(clip, stdout).slice(0, 30);
    const first = frames[0] ?? -1;
    expect(clip.frames[first]?.keyframe).toBe(true);
    expect(frames).toEqual(Array.from({ length: 30 }, (_, at) => (first + at) % clip.frames.length));
  });
});

describe('a camera that goes away', () => {
  test('keeps its readers, who see it on the same timeline when it is back', async () => {
    await start({});
    const reader = await RawReader.connect(gateway.output.port);
    await reader.play(0);
    await expect.poll(() => reader.packets(0).length, { timeout: 5000 }).toBeGreaterThan(30);
    camera.kill();
    await expect.poll(() => gateway.hub.streams()[0]?.state.phase).toBe('offline');
    const gap = (): number => {
      const stamps = reader.packets(0).map(({ timestamp }) => timestamp);
      return stamps.findIndex((stamp, at) => at > 0 && ((stamp - (stamps[at - 1] ?? 0)) | 0) > LONG_STEP_TICKS);
    };
    await expect.poll(gap, { timeout: 8000, interval: 100 }).toBeGreaterThan(0);
    const packets = reader.packets(0);
    const type = h264NalType(packets[gap()]?.payload ?? new Uint8Array(0));
    expect(type === H264_NAL.sps || type === 24).toBe(true);
    const numbers = packets.map(({ sequenceNumber }) => sequenceNumber);
    expect(numbers).toEqual(numbers.map((_, at) => ((numbers[0] ?? 0) + at) & 0xffff));
    reader.socket.destroy();
  });
});
