import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccessUnit } from '../../media/access-unit.ts';
import { parseAdtsHeader } from '../../media/audio/aac.ts';
import { RtpReceiver } from '../../media/rtp/rtp-receiver.ts';
import { splitAnnexB } from '../../media/video/annex-b.ts';
import { h264NalType, isH264Slice } from '../../media/video/h264.ts';
import { h265NalType, isH265Slice } from '../../media/video/h265.ts';
import { selectTracks } from '../../protocols/rtsp/offered-tracks.ts';
import { parseSdp } from '../../protocols/rtsp/sdp.ts';
import { type RecordingOptions, recordSource } from './source-recording.ts';

/** Servers that are not ours: GStreamer's RTSP server, and ffmpeg as a sender of RTP. */
const FRAMES = 25;
const folder = mkdtempSync(path.join(os.tmpdir(), 'oriel-judges-'));
const file = (name: string): string => path.join(folder, name);

function ffmpeg(...options: readonly string[]): void {
  const { error, status } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...options], { stdio: 'inherit' });
  if (error) throw new Error('ffmpeg does not start; install it, the set-up script does.', { cause: error });
  expect(status).toBe(0);
}

beforeAll(() => {
  const picture = ['-f', 'lavfi', '-i', `testsrc2=s=640x360:r=25:d=${FRAMES / 25}`];
  ffmpeg(
    ...picture,
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-bf',
    '0',
    '-g',
    '20',
    '-slices',
    '3',
    file('clip.h264'),
  );
  ffmpeg(
    ...picture,
    '-c:v',
    'libx265',
    '-preset',
    'ultrafast',
    '-x265-params',
    'log-level=none:bframes=0:keyint=20',
    file('clip.h265'),
  );
  ffmpeg('-f', 'lavfi', '-i', 'sine=duration=1:sample_rate=16000', '-c:a', 'aac', '-f', 'adts', file('tone.aac'));
  ffmpeg('-i', file('tone.aac'), '-c', 'copy', '-bsf:a', 'aac_adtstoasc', file('tone.m4a'));
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hash = (parts: readonly Uint8Array[]): string => {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest('hex');
};

type Codec = 'h264' | 'h265';
const isSlice = (codec: Codec, nal: Uint8Array): boolean =>
  codec === 'h264' ? isH264Slice(h264NalType(nal)) : isH265Slice(h265NalType(nal));
const slicesOfFile = (codec: Codec): Uint8Array[] =>
  splitAnnexB(readFileSync(file(`clip.${codec}`))).filter((nal) => isSlice(codec, nal));
const slicesOfUnits = (codec: Codec, units: readonly AccessUnit[]): Uint8Array[] =>
  units.flatMap((unit) => unit.payload.filter((nal) => isSlice(codec, nal)));

function aacFrames(): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let rest: Uint8Array = readFileSync(file('tone.aac'));
  for (let header = parseAdtsHeader(rest); header; header = parseAdtsHeader(rest)) {
    frames.push(rest.subarray(header.headerBytes, header.frameBytes));
    rest = rest.subarray(header.frameBytes);
  }
  return frames;
}

async function withGstServer<T>(
  launch: string,
  use: (url: string) => Promise<T>,
  login: readonly string[] = [],
): Promise<T> {
  const script = fileURLToPath(new URL('../../simulators/gst-rtsp-server.py', import.meta.url));
  const child = spawn('/usr/bin/python3', [script, launch, ...login], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const lines = createInterface({ input: child.stdout });
    const port = await Promise.race([
      once(lines, 'line').then(([line]) => Number(line)),
      once(child, 'exit').then(() => {
        throw new Error('GStreamer’s RTSP server did not start: install python3-gi and gir1.2-gst-rtsp-server-1.0.');
      }),
    ]);
    return await use(`rtsp://127.0.0.1:${port}/live`);
  } finally {
    child.stdin.end();
    child.kill();
  }
}

const record = (url: string, options: Partial<RecordingOptions> = {}) =>
  recordSource({ url, enough: (units) => units.length >= FRAMES, timeoutMs: 10_000, ...options });

describe('GStreamer’s RTSP server', () => {
  const H264 = `filesrc location=${file('clip.h264')} ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1`;
  const H265 = `filesrc location=${file('clip.h265')} ! h265parse ! rtph265pay name=pay0 pt=96 config-interval=-1`;

  test.concurrent.each([
    ['h264', 'tcp', H264],
    ['h264', 'udp', H264],
    ['h265', 'tcp', H265],
    ['h265', 'udp', H265],
  ] as const)('every slice of %s arrives by %s', async (codec, transport, launch) => {
    const { units, error } = await withGstServer(launch, (url) => record(url, { transport }));
    expect(error).toBeUndefined();
    expect(units).toHaveLength(FRAMES);
    expect(hash(slicesOfUnits(codec, units))).toBe(hash(slicesOfFile(codec)));
    expect(units[0]?.keyframe).toBe(true);
  });

  test.concurrent('RTSP 2.0, where 1.0 is refused', async () => {
    const versions: string[] = [];
    const { units, error } = await withGstServer(H264, async (url) => {
      const proxy = createServer((socket) => {
        const upstream = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
        socket.on('error', () => {}).on('close', () => upstream.destroy());
        upstream.pipe(socket);
        socket.on('data', (bytes: Buffer) => {
          const version = / RTSP\/(\d)/.exec(bytes.toString('latin1'))?.[1];
          if (version) versions.push(version);
          if (version === '1') socket.write('RTSP/1.0 505 Version Not Supported\r\nCSeq: 1\r\n\r\n');
          else upstream.write(bytes);
        });
      });
      proxy.listen(0, '127.0.0.1');
      await once(proxy, 'listening');
      const recording = await record(`rtsp://127.0.0.1:${(proxy.address() as AddressInfo).port}/live`);
      proxy.close();
      return recording;
    });
    expect(error).toBeUndefined();
    expect(versions.join('')).toMatch(/^12+$/);
    expect(hash(slicesOfUnits('h264', units))).toBe(hash(slicesOfFile('h264')));
  });

  test.concurrent('Digest', async () => {
    const login = { username: 'admin', password: 'secret' };
    const { units } = await withGstServer(H264, (url) => record(url, login), ['admin', 'secret']);
    expect(hash(slicesOfUnits('h264', units))).toBe(hash(slicesOfFile('h264')));
    const { error } = await withGstServer(H264, (url) => record(url, { ...login, password: 'wrong' }), [
      'admin',
      'secret',
    ]);
    expect(error?.code).toBe('wrong-password');
  });

  test('a path it does not have', async () => {
    const { error } = await withGstServer(H264, (url) => record(url.replace('live', 'else')));
    expect(error?.code).toBe('no-such-path');
  });

  test.concurrent.each([
    ['RFC 3640', 'rtpmp4gpay'],
    ['LATM', 'rtpmp4apay'],
  ])('AAC as %s', async (_name, payloader) => {
    const launch = `filesrc location=${file('tone.aac')} ! aacparse ! ${payloader} name=pay0 pt=97`;
    const frames = aacFrames();
    const { units, tracks } = await withGstServer(launch, (url) =>
      record(url, { enough: (all) => all.length >= frames.length - 2 }),
    );
    expect(tracks).toMatchObject([{ codec: 'aac', sampleRateHz: 16_000, channels: 1 }]);
    expect(hash(units.flatMap((unit) => unit.payload))).toBe(hash(frames.slice(0, units.length)));
    expect(units.length).toBeGreaterThan(10);
  });

  test.concurrent.each([
    ['opus', 'audio/x-raw,rate=48000 ! opusenc frame-size=20 ! rtpopuspay'],
    ['g722', 'audio/x-raw,rate=16000,channels=1 ! avenc_g722 ! rtpg722pay'],
    ['pcmu', 'audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay'],
    ['pcma', 'audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay'],
  ])('%s', async (codec, encoder) => {
    const launch = `audiotestsrc is-live=true ! audioconvert ! audioresample ! ${encoder} name=pay0`;
    const { units, tracks } = await withGstServer(launch, (url) => record(url, { enough: (all) => all.length >= 10 }));
    expect(tracks).toMatchObject([{ kind: 'audio', codec }]);
    expect(units).toHaveLength(10);
    const lengthUs = (units.at(-1)?.ptsUs ?? 0) - (units[0]?.ptsUs ?? 0);
    expect(lengthUs).toBeGreaterThan(80_000);
    expect(lengthUs).toBeLessThan(2_000_000);
  });
});

/** Sends with ffmpeg, receives as its session description says, until ffmpeg is done. */
async function receiveFromFfmpeg(...options: readonly string[]): Promise<AccessUnit[]> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  const datagrams: Uint8Array[] = [];
  socket.on('message', (bytes) => datagrams.push(bytes));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const target = `rtp://127.0.0.1:${socket.address().port}?pkt_size=1300`;
  const child = spawn('ffmpeg', ['-v', 'error', '-re', ...options, '-f', 'rtp', target], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let sdp = '';
  child.stdout.on('data', (chunk) => {
    sdp += chunk;
  });
  await once(child, 'close');
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.close();
  const [track] = selectTracks(parseSdp(sdp.replace(/^SDP:\s*/, '')));
  if (!track) throw new Error('The description of ffmpeg holds no track.');
  const receiver = new RtpReceiver({ ...track, track: 0, startedUs: 0, mayReorder: true, ssrc: 1 });
  const units: AccessUnit[] = [];
  for (const [index, bytes] of datagrams.entries()) receiver.pushRtp(bytes, index * 1000, (unit) => units.push(unit));
  expect(receiver.counts).toMatchObject({ damaged: 0, unsupported: 0 });
  return units;
}

describe('ffmpeg as a sender of RTP', () => {
  test.concurrent.each(['h264', 'h265'] as const)('every slice of %s', async (codec) => {
    const units = await receiveFromFfmpeg('-i', file(`clip.${codec}`), '-c', 'copy');
    expect(units).toHaveLength(FRAMES);
    expect(hash(slicesOfUnits(codec, units))).toBe(hash(slicesOfFile(codec)));
  });

  test.concurrent.each([
    ['RFC 3640', []],
    ['LATM', ['-rtpflags', 'latm']],
  ])('every frame of AAC as %s', async (_name, flags) => {
    const units = await receiveFromFfmpeg('-i', file('tone.m4a'), '-c', 'copy', ...flags);
    const frames = aacFrames();
    // ffmpeg gathers frames for a packet, and ends without sending the last one.
    expect(units.length).toBeGreaterThan(frames.length - 6);
    expect(hash(units.flatMap((unit) => unit.payload))).toBe(hash(frames.slice(0, units.length)));
  });
});
