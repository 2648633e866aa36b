import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { assetPath } from '../platform/paths.ts';
import { type AudioClip, loadAudioClip, loadVideoClip, type VideoClip } from './clip.ts';
import { recognizeFrames } from './clip-comparison.ts';
import { runJudge } from './outside-judge.ts';
import { CameraPath } from './rtsp-camera/path.ts';
import { type RtspCamera, startRtspCamera } from './rtsp-camera.ts';

let clip: VideoClip;
let h265: VideoClip;
let tone: AudioClip;
let camera: RtspCamera | undefined;

beforeAll(async () => {
  clip = await loadVideoClip(assetPath('sub-360p.h264'), 50);
  h265 = await loadVideoClip(assetPath('main-720p.h265'));
  tone = await loadAudioClip(assetPath('tone.adts'));
});

afterEach(() => camera?.close());

/** Expects consecutive frames of the clip, beginning with any frame. */
function expectRun(frames: readonly number[], count: number, modulo: number): void {
  const first = frames[0] as number;
  expect(frames.slice(0, count)).toEqual(Array.from({ length: count }, (_, index) => (first + index) % modulo));
}

describe('the camera as other programs see it', () => {
  test.each(['tcp', 'udp'])('ffmpeg records it bit by bit over %s', async (transport) => {
    camera = await startRtspCamera({ paths: [{ path: '/live', clip, username: 'admin', password: 'secret' }] });
    const url = camera.url('/live').replace('//', '//admin:secret@');
    const { stdout, code } = await runJudge('ffmpeg', [
      ...['-v', 'fatal', '-rtsp_transport', transport, '-i', url],
      ...['-frames:v', '60', '-c', 'copy', '-f', 'h264', '-'],
    ]);
    expect(code).toBe(0);
    expectRun(recognizeFrames(clip, stdout), 60, clip.frames.length);
  });

  test('ffprobe finds H.265 with AAC', async () => {
    camera = await startRtspCamera({ paths: [{ path: '/live', clip: h265, audio: tone }] });
    const { stdout } = await runJudge('ffprobe', [
      ...['-v', 'error', '-rtsp_transport', 'tcp', '-show_entries', 'stream=codec_name,width,sample_rate'],
      ...['-of', 'csv=p=0', camera.url('/live')],
    ]);
    expect(stdout.toString().trim().split('\n')).toEqual(['hevc,1280', 'aac,48000']);
  });

  test('GStreamer plays it, and a wrong password is refused', async () => {
    const options = { path: '/live', clip, username: 'admin', password: 'secret' };
    camera = await startRtspCamera({ paths: [{ ...options, quirks: { auth: { challenges: ['basic'] } } }] });
    const location = `location=${camera.url('/live').replace('//', '//admin:PASSWORD@')}`;
    const play = (password: string) =>
      runJudge('gst-launch-1.0', [
        ...['-q', 'rtspsrc', location.replace('PASSWORD', password), 'protocols=tcp', '!', 'rtph264depay'],
        ...['!', 'video/x-h264,stream-format=byte-stream,alignment=au', '!', 'identity', 'eos-after=20', '!', 'fdsink'],
      ]);
    expect(recognizeFrames(clip, (await play('secret')).stdout).length).toBeGreaterThan(15);
    expect((await play('wrong')).code).not.toBe(0);
    expect(camera.loginFailures('/live')).toBeGreaterThan(0);
  });
});

describe('the camera’s time', () => {
  test('frame n leaves at t0 + n / fps, whoever joins when', async () => {
    const path = new CameraPath({ path: '/live', clip }, Date.now() - 12_345);
    const seen: { number: number; lateMs: number }[] = [];
    const player = {
      picture: (_frame: unknown, number: number) =>
        seen.push({ number, lateMs: Date.now() - path.pictureDueMs(number) }),
      sound: () => {},
    };
    path.add(player);
    await new Promise((resolve) => setTimeout(resolve, 400));
    path.remove(player);
    expect(seen.length).toBeGreaterThanOrEqual(15);
    expect(seen[0]?.number).toBeGreaterThanOrEqual(Math.ceil((12_345 * clip.fps) / 1000));
    expect(seen.map(({ number }) => number)).toEqual(seen.map((_, index) => (seen[0]?.number ?? 0) + index));
    expect(Math.min(...seen.map(({ lateMs }) => lateMs))).toBeGreaterThanOrEqual(0);
    expect([...seen].sort((a, b) => a.lateMs - b.lateMs)[seen.length >> 1]?.lateMs).toBeLessThan(15);
  });
});

describe('the camera’s end', () => {
  test('kill cuts players off, and close leaves nothing behind', async () => {
    camera = await startRtspCamera({ paths: [{ path: '/live', clip }] });
    const args = ['-v', 'error', '-rtsp_transport', 'tcp', '-i', camera.url('/live'), '-c', 'copy', '-f', 'null', '-'];
    const watching = runJudge('ffmpeg', args);
    await expect.poll(() => camera?.players, { timeout: 10_000 }).toBe(1);
    camera.kill();
    await watching;
    await expect.poll(() => [camera?.connections, camera?.sessions, camera?.players]).toEqual([0, 0, 0]);
    await camera.close();
    await camera.close();
  });
});
