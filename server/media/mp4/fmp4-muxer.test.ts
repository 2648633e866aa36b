import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';
import { describe, expect, test } from 'vitest';
import type { AccessUnit, AudioTrack } from '../access-unit.ts';
import { parseAdtsHeader, serializeAacConfig } from '../audio/aac.ts';
import { noCounts } from '../rtp/rtp-access-unit.ts';
import { AccessUnitAssembler } from '../video/access-unit-assembler.ts';
import { splitAnnexB } from '../video/annex-b.ts';
import { Fmp4Muxer, type MediaFragment } from './fmp4-muxer.ts';

const MU_LAW: AudioTrack = { kind: 'audio', codec: 'pcmu', sampleRateHz: 8000, channels: 1 };
const asset = (name: string): Uint8Array => readFileSync(new URL(`../../../assets/${name}`, import.meta.url));

function pictures(name: string, codec: 'h264' | 'h265', frameUs: number): AccessUnit[] {
  const assembler = new AccessUnitAssembler(codec, [], noCounts());
  for (const nal of splitAnnexB(asset(name))) assembler.push(nal, 0, 0);
  assembler.marker();
  return assembler.take().map(({ keyframe, payload }, index) => {
    const ptsUs = index * frameUs;
    return { track: 0, ptsUs, receivedUs: ptsUs, keyframe, payload };
  });
}

function muLaw(count: number): AccessUnit[] {
  const tone = asset('tone.ulaw');
  return Array.from({ length: count }, (_, index) => {
    const ptsUs = index * 20_000;
    const payload = [tone.subarray(index * 160, index * 160 + 160)];
    return { track: 1, ptsUs, receivedUs: ptsUs, keyframe: true, payload };
  });
}

function aac(): { track: AudioTrack; units: AccessUnit[] } {
  const bytes = asset('tone.adts');
  const units: AccessUnit[] = [];
  const header = parseAdtsHeader(bytes);
  if (!header) throw new Error('tone.adts is damaged');
  for (let at = 0; at < bytes.length; ) {
    const { headerBytes, frameBytes } = parseAdtsHeader(bytes.subarray(at)) ?? { headerBytes: 0, frameBytes: 1e9 };
    const ptsUs = Math.round((units.length * 1024 * 1e6) / header.sampleRateHz);
    const payload = [bytes.subarray(at + headerBytes, at + frameBytes)];
    units.push({ track: 1, ptsUs, receivedUs: ptsUs, keyframe: true, payload });
    at += frameBytes;
  }
  const { sampleRateHz, channels } = header;
  return { track: { kind: 'audio', codec: 'aac', sampleRateHz, channels, config: serializeAacConfig(header) }, units };
}

/** In the order in which a camera sends them. */
function mux(muxer: Fmp4Muxer, video: readonly AccessUnit[], audio: readonly AccessUnit[] = []): MediaFragment[] {
  const units = [...video, ...audio].sort((a, b) => a.receivedUs - b.receivedUs || a.track - b.track);
  return units.flatMap((unit) => {
    const fragment = unit.track === 0 ? muxer.pushVideo(unit) : muxer.pushAudio(unit);
    return fragment ? [fragment] : [];
  });
}

function file(muxer: Fmp4Muxer, fragments: readonly MediaFragment[]): Uint8Array {
  return Buffer.concat([muxer.init?.bytes ?? new Uint8Array(), ...fragments.map((fragment) => fragment.bytes)]);
}

type ProbedPacket = { codec_type: string; pts: number; dts: number; flags: string };
type Probed = { streams: Record<string, string | number>[]; packets: ProbedPacket[] };

function ffprobe(bytes: Uint8Array): Probed {
  const folder = mkdtempSync(path.join(tmpdir(), 'oriel-mp4-'));
  try {
    const name = path.join(folder, 'live.mp4');
    writeFileSync(name, bytes);
    execFileSync('ffmpeg', ['-v', 'error', '-xerror', '-i', name, '-f', 'null', '-'], { stdio: 'pipe' });
    const what = ['-show_streams', '-show_packets', '-of', 'json'];
    const json = execFileSync('ffprobe', ['-v', 'error', ...what, name], { maxBuffer: 64 * 1024 * 1024 });
    return JSON.parse(json.toString()) as Probed;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('other programs read our fragments', () => {
  test('H.264 with mu-law: ffmpeg decodes it all and finds every time exact', () => {
    const muxer = new Fmp4Muxer({ codec: 'h264', audio: MU_LAW });
    const video = pictures('sub-360p.h264', 'h264', 40_000).slice(0, 75);
    const { streams, packets } = ffprobe(file(muxer, mux(muxer, video, muLaw(150))));
    expect(streams.map((stream) => stream.codec_name)).toEqual(['h264', 'flac']);
    expect(streams[0]).toMatchObject({ width: 640, height: 360, profile: 'High', codec_tag_string: 'avc1' });
    expect(streams[1]).toMatchObject({ sample_rate: '24000', channels: 1 });
    const seen = packets.filter((packet) => packet.codec_type === 'video');
    expect(seen.map((packet) => packet.pts)).toEqual(video.map((unit) => unit.ptsUs * 0.09));
    expect(seen.map((packet) => packet.dts)).toEqual(seen.map((packet) => packet.pts));
    expect(seen.map((packet) => packet.flags.startsWith('K'))).toEqual(video.map((unit) => unit.keyframe));
    const heard = packets.filter((packet) => packet.codec_type === 'audio');
    expect(heard.map((packet) => packet.pts)).toEqual(heard.map((_, index) => index * 480));
    expect(heard.length).toBeGreaterThan(140);
  });

  test('H.265 with AAC as it is', () => {
    const { track, units } = aac();
    const muxer = new Fmp4Muxer({ codec: 'h265', audio: track });
    const video = pictures('main-720p.h265', 'h265', 40_000).slice(0, 50);
    const { streams, packets } = ffprobe(file(muxer, mux(muxer, video, units.slice(0, 90))));
    expect(streams[0]).toMatchObject({ codec_name: 'hevc', codec_tag_string: 'hvc1', width: 1280, height: 720 });
    expect(streams[1]).toMatchObject({ codec_name: 'aac', sample_rate: '48000', channels: track.channels });
    expect(packets.filter((packet) => packet.codec_type === 'video')).toHaveLength(50);
    expect(muxer.init?.mimeType).toMatch(/^video\/mp4; codecs="hvc1\.1\.6\.L93\.[0-9A-F.]+,mp4a\.40\.2"$/);
  });

  test('Opus as it is', () => {
    const track: AudioTrack = { kind: 'audio', codec: 'opus', sampleRateHz: 48_000, channels: 2 };
    const muxer = new Fmp4Muxer({ codec: 'h264', audio: track });
    const video = pictures('sub-360p.h264', 'h264', 40_000).slice(0, 25);
    const quiet = Array.from({ length: 50 }, (_, index): AccessUnit => {
      const ptsUs = index * 20_000;
      return { track: 1, ptsUs, receivedUs: ptsUs, keyframe: true, payload: [Uint8Array.of(0xf8, 0xff, 0xfe)] };
    });
    const { streams, packets } = ffprobe(file(muxer, mux(muxer, video, quiet)));
    expect(streams[1]).toMatchObject({ codec_name: 'opus', sample_rate: '48000', channels: 2 });
    const heard = packets.filter((packet) => packet.codec_type === 'audio');
    expect(heard.map((packet) => packet.pts)).toEqual(heard.map((_, index) => index * 960));
  });

  test('mediabunny reads the same codecs, sizes and times', async () => {
    const muxer = new Fmp4Muxer({ codec: 'h264', audio: MU_LAW });
    const video = pictures('sub-360p.h264', 'h264', 66_667).slice(0, 30);
    const bytes = file(muxer, mux(muxer, video, muLaw(90)));
    const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
    const track = await input.getPrimaryVideoTrack();
    const sound = await input.getPrimaryAudioTrack();
    expect([track?.codec, track?.codedWidth, track?.codedHeight]).toEqual(['avc', 640, 360]);
    expect([sound?.codec, sound?.sampleRate, sound?.numberOfChannels]).toEqual(['flac', 24_000, 1]);
    expect(`video/mp4; codecs="${await track?.getCodecParameterString()},flac"`).toBe(muxer.init?.mimeType);
    const timestamps: number[] = [];
    if (track) for await (const packet of new EncodedPacketSink(track).packets()) timestamps.push(packet.timestamp);
    expect(timestamps).toHaveLength(30);
    for (const [index, timestamp] of timestamps.entries()) expect(timestamp).toBeCloseTo(index * 0.066667, 4);
  });
});

describe('one fragment for each picture', () => {
  test('is complete as soon as the picture is there and carries the sound that came before it', () => {
    const muxer = new Fmp4Muxer({ codec: 'h264', audio: MU_LAW });
    const [key, second] = pictures('sub-360p.h264', 'h264', 40_000);
    const [first, next] = muLaw(2);
    if (!key || !second || !first || !next) throw new Error('fixtures are missing');
    expect(muxer.pushAudio(first)).toBeUndefined();
    expect(muxer.pushVideo(key)).toMatchObject({ keyframe: true, hasPicture: true, timeUs: 0 });
    expect(muxer.pushAudio(next)).toBeUndefined();
    const fragment = muxer.pushVideo(second);
    expect(fragment).toMatchObject({ keyframe: false, hasPicture: true, timeUs: 40_000, durationUs: 40_000 });
    expect(Buffer.from(fragment?.bytes ?? []).includes('traf')).toBe(true);
  });

  test('sound is sent without a picture when the next picture takes long', () => {
    const muxer = new Fmp4Muxer({ codec: 'h264', audio: MU_LAW });
    const [key] = pictures('sub-360p.h264', 'h264', 1_000_000);
    if (!key) throw new Error('fixture is missing');
    muxer.pushVideo(key);
    const fragments = muLaw(12).flatMap((unit) => muxer.pushAudio(unit) ?? []);
    expect(fragments.map((fragment) => fragment.hasPicture)).toEqual([false, false]);
  });

  test('new parameter sets make a new init segment, the same ones do not', () => {
    const muxer = new Fmp4Muxer({ codec: 'h264' });
    const small = pictures('sub-360p.h264', 'h264', 66_667).slice(0, 31);
    const large = pictures('main-720p.h264', 'h264', 40_000).slice(0, 1);
    const versions = mux(muxer, [...small, ...large.map((unit) => ({ ...unit, ptsUs: 3e6, receivedUs: 3e6 }))]);
    expect(new Set(versions.slice(0, 31).map((fragment) => fragment.init.version))).toEqual(new Set([1]));
    expect(versions.at(-1)?.init).toMatchObject({ version: 2, width: 1280, height: 720 });
  });

  test('a picture before the first key frame is not sent to players', () => {
    const muxer = new Fmp4Muxer({ codec: 'h264' });
    const [, second] = pictures('sub-360p.h264', 'h264', 40_000);
    expect(second && muxer.pushVideo(second)).toBeUndefined();
  });
});

test.each<[string, AudioTrack]>([
  ['AAC without a configuration', { kind: 'audio', codec: 'aac', sampleRateHz: 16_000, channels: 1 }],
  [
    'AAC with a configuration that makes no sense',
    { kind: 'audio', codec: 'aac', sampleRateHz: 16_000, channels: 1, config: Uint8Array.of(0xff) },
  ],
  ['mu-law of two channels', { ...MU_LAW, channels: 2 }],
])('%s is left out, the picture is not', (_name, audio) => {
  const muxer = new Fmp4Muxer({ codec: 'h264', audio });
  const video = pictures('sub-360p.h264', 'h264', 40_000).slice(0, 5);
  expect(mux(muxer, video, muLaw(5))).toHaveLength(5);
  expect(muxer.init?.mimeType).toBe('video/mp4; codecs="avc1.640016"');
});

describe('sound that stops', () => {
  test('is replaced by silence, so that the picture need not wait for it', () => {
    const muxer = new Fmp4Muxer({ codec: 'h264', audio: MU_LAW });
    const video = pictures('sub-360p.h264', 'h264', 40_000).slice(0, 100);
    const { packets } = ffprobe(file(muxer, mux(muxer, video, muLaw(25))));
    const heard = packets.filter((packet) => packet.codec_type === 'audio');
    expect((heard.at(-1)?.pts ?? 0) / 24_000).toBeGreaterThan(3);
    expect(heard.map((packet) => packet.pts)).toEqual(heard.map((_, index) => index * 480));
  });

  test('sound that was announced and never came is replaced by silence too', () => {
    const muxer = new Fmp4Muxer({ codec: 'h264', audio: MU_LAW });
    const video = pictures('sub-360p.h264', 'h264', 40_000).slice(0, 50);
    const { packets } = ffprobe(file(muxer, mux(muxer, video)));
    const heard = packets.filter((packet) => packet.codec_type === 'audio');
    expect(heard[0]?.pts).toBe(0);
    expect((heard.at(-1)?.pts ?? 0) / 24_000).toBeGreaterThan(1.4);
  });

  test('AAC is replaced by silence too, and ffmpeg reports no error', () => {
    const { track, units } = aac();
    const muxer = new Fmp4Muxer({ codec: 'h264', audio: track });
    const video = pictures('sub-360p.h264', 'h264', 40_000).slice(0, 100);
    const { packets } = ffprobe(file(muxer, mux(muxer, video, units.slice(0, 10))));
    const last = packets.filter((packet) => packet.codec_type === 'audio').at(-1);
    expect((last?.pts ?? 0) / track.sampleRateHz).toBeGreaterThan(3);
  });
});
