import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Stream } from '../../hub/stream.ts';
import type { AccessUnit, TrackInfo } from '../../media/access-unit.ts';
import { parseAdtsHeader, serializeAacConfig } from '../../media/audio/aac.ts';
import { Fmp4Muxer } from '../../media/mp4/fmp4-muxer.ts';
import { noCounts } from '../../media/rtp/rtp-access-unit.ts';
import { AccessUnitAssembler } from '../../media/video/access-unit-assembler.ts';
import { splitAnnexB } from '../../media/video/annex-b.ts';
import { systemClock } from '../../platform/clock.ts';
import { assetPath } from '../../platform/paths.ts';
import { AacToOpus, OPUS_TRACK } from './aac-to-opus.ts';
import { canMakeOpus } from './ffmpeg-opus.ts';

const keyframe = (() => {
  const assembler = new AccessUnitAssembler('h264', [], noCounts());
  for (const nal of splitAnnexB(readFileSync(assetPath('sub-360p.h264')))) assembler.push(nal, 0, 0);
  return assembler.take()[0]?.payload ?? [];
})();

const tone = (() => {
  const bytes = readFileSync(assetPath('tone.adts'));
  const header = parseAdtsHeader(bytes);
  if (!header) throw new Error('tone.adts is damaged');
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { headerBytes, frameBytes } = parseAdtsHeader(bytes.subarray(at)) ?? header;
    frames.push(bytes.subarray(at + headerBytes, at + frameBytes));
    at += frameBytes;
  }
  return { header, frames };
})();

let stream: Stream;
let opus: AacToOpus;

beforeEach(() => {
  stream = new Stream('door/main', systemClock);
  opus = new AacToOpus(stream, systemClock, pino({ level: 'silent' }));
  const { sampleRateHz, channels } = tone.header;
  const video: TrackInfo = { kind: 'video', codec: 'h264', parameterSets: [] };
  const config = serializeAacConfig(tone.header);
  stream.sink.tracks([video, { kind: 'audio', codec: 'aac', sampleRateHz, channels, config }]);
});
afterEach(() => stream.rest());

/** Publishes sound as a camera sends it, with a frame every 21 ms. */
async function send(frames: number): Promise<void> {
  const startUs = systemClock.nowUs();
  const frameUs = (1024 * 1e6) / tone.header.sampleRateHz;
  stream.sink.publish({ track: 0, ptsUs: 0, receivedUs: startUs, keyframe: true, payload: keyframe });
  for (let sent = 0; sent < frames; ) {
    for (; sent < frames && sent * frameUs < systemClock.nowUs() - startUs; sent++) {
      const payload = [tone.frames[sent] as Uint8Array];
      const receivedUs = systemClock.nowUs();
      stream.sink.publish({ track: 1, ptsUs: Math.round(sent * frameUs), receivedUs, keyframe: true, payload });
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('the same sound comes out in packets of 20 ms with the times of the camera', async () => {
  expect(await canMakeOpus(), 'this test needs ffmpeg with libopus').toBe(true);
  const heard: AccessUnit[] = [];
  const stop = opus.listen((unit) => heard.push(unit));
  await send(140);
  stop();
  expect(opus.isRunning).toBe(false);
  expect(heard.length).toBeGreaterThan(100);
  for (let index = 1; index < heard.length; index++) {
    const step = (heard[index]?.ptsUs ?? 0) - (heard[index - 1]?.ptsUs ?? 0);
    expect(step).toBeGreaterThan(15_000);
    expect(step).toBeLessThan(25_000);
  }
  expect(loudness(heard)).toBeGreaterThan(-40);
});

test('nothing runs while nobody listens', async () => {
  const stop = opus.listen(() => undefined);
  await send(3);
  expect(opus.isRunning).toBe(true);
  stop();
  expect(opus.isRunning).toBe(false);
  await send(3);
  expect(opus.isRunning).toBe(false);
});

/** The mean volume in decibels, as ffmpeg measures it. */
function loudness(units: readonly AccessUnit[]): number {
  const muxer = new Fmp4Muxer({ codec: 'h264', audio: OPUS_TRACK });
  const first = muxer.pushVideo({ track: 0, ptsUs: 0, receivedUs: 0, keyframe: true, payload: keyframe });
  const fragments = units.flatMap((unit) => muxer.pushAudio({ ...unit, receivedUs: unit.ptsUs }) ?? []);
  const bytes = [muxer.init, first, ...fragments].map((part) => part?.bytes ?? new Uint8Array());
  const script = 'ffmpeg -hide_banner -i pipe:0 -vn -af volumedetect -f null - 2>&1';
  const said = execFileSync('sh', ['-c', script], { input: Buffer.concat(bytes) }).toString();
  return Number(/mean_volume: (-?[\d.]+) dB/.exec(said)?.[1] ?? -99);
}
