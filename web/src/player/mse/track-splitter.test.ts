import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { BufferSource, EncodedPacketSink, Input, MP4 } from 'mediabunny';
import { expect, test } from 'vitest';
import type { AudioTrack } from '../../../../server/media/access-unit.ts';
import { Fmp4Muxer } from '../../../../server/media/mp4/fmp4-muxer.ts';
import { noCounts } from '../../../../server/media/rtp/rtp-access-unit.ts';
import { AccessUnitAssembler } from '../../../../server/media/video/access-unit-assembler.ts';
import { splitAnnexB } from '../../../../server/media/video/annex-b.ts';
import { assetPath } from '../../../../server/platform/paths.ts';
import { TrackSplitter } from './track-splitter.ts';

const MU_LAW: AudioTrack = { kind: 'audio', codec: 'pcmu', sampleRateHz: 8000, channels: 1 };
const PICTURES = 15;

/** What the gateway sends: 15 pictures a second, sound of 20 ms a piece. */
const stream = ((): Uint8Array<ArrayBuffer> => {
  const assembler = new AccessUnitAssembler('h264', [], noCounts());
  for (const nal of splitAnnexB(readFileSync(assetPath('sub-360p.h264')))) assembler.push(nal, 0, 0);
  const muxer = new Fmp4Muxer({ codec: 'h264', audio: MU_LAW });
  const fragments: Uint8Array[] = [];
  let soundUs = 0;
  for (const [index, { keyframe, payload }] of assembler.take().slice(0, PICTURES).entries()) {
    const ptsUs = Math.round((index * 1e6) / 15);
    for (; soundUs <= ptsUs && index > 0; soundUs += 20_000) {
      const unit = { track: 1, ptsUs: soundUs, receivedUs: soundUs, keyframe: true };
      const alone = muxer.pushAudio({ ...unit, payload: [new Uint8Array(160).fill(soundUs / 20_000)] });
      if (alone) fragments.push(alone.bytes);
    }
    const fragment = muxer.pushVideo({ track: 0, ptsUs, receivedUs: ptsUs, keyframe, payload });
    if (fragment) fragments.push(fragment.bytes);
  }
  return new Uint8Array(Buffer.concat([muxer.init?.bytes ?? new Uint8Array(), ...fragments]));
})();

type Bytes = Uint8Array<ArrayBuffer>;

function split(cuts: readonly number[]): { picture: Bytes; sound: Bytes } {
  const splitter = new TrackSplitter();
  const got = { picture: [] as Bytes[], sound: [] as Bytes[] };
  const places = [...cuts.map((cut) => cut % stream.length), stream.length].sort((a, b) => a - b);
  let from = 0;
  for (const to of places) {
    const { picture, sound } = splitter.push(stream.slice(from, to));
    got.picture.push(...picture);
    got.sound.push(...sound);
    from = to;
  }
  const joined = (parts: readonly Bytes[]): Bytes => new Uint8Array(Buffer.concat(parts));
  return { picture: joined(got.picture), sound: joined(got.sound) };
}

async function read(bytes: Bytes) {
  const input = new Input({ formats: [MP4], source: new BufferSource(bytes) });
  const tracks = await input.getTracks();
  const packets: { readonly timestamp: number; readonly data: Uint8Array }[] = [];
  for (const track of tracks) for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
  return { types: tracks.map((track) => track.type), packets };
}

test('each half holds one track with all its samples and their times', async () => {
  const whole = await read(stream);
  const { picture, sound } = split([]);
  const [seen, heard] = [await read(picture), await read(sound)];
  expect([whole.types, seen.types, heard.types]).toEqual([['video', 'audio'], ['video'], ['audio']]);
  expect(seen.packets).toHaveLength(PICTURES);
  expect(heard.packets.length).toBeGreaterThan(40);
  const facts = ({ timestamp, data }: (typeof whole.packets)[number]) => [timestamp, Buffer.from(data).toString('hex')];
  expect([...seen.packets, ...heard.packets].map(facts)).toEqual(whole.packets.map(facts));
});

test('however the bytes are cut on the way, the halves are the same', () => {
  const expected = split([]);
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 40 }), (cuts) => {
      const { picture, sound } = split(cuts);
      expect(Buffer.compare(picture, expected.picture)).toBe(0);
      expect(Buffer.compare(sound, expected.sound)).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test('tells up to when everything is there, though a picture of later has come already', () => {
  const assembler = new AccessUnitAssembler('h264', [], noCounts());
  for (const nal of splitAnnexB(readFileSync(assetPath('sub-360p.h264')))) assembler.push(nal, 0, 0);
  const muxer = new Fmp4Muxer({ codec: 'h264' });
  const splitter = new TrackSplitter();
  // As a camera with two B-frames sends them: the numbers are the order in which they are shown.
  const shown = [0, ...Array.from({ length: 10 }, (_, group) => [3, 1, 2].map((place) => group * 3 + place)).flat()];
  const untilS: number[] = [];
  for (const [index, { keyframe, payload }] of assembler.take().slice(0, shown.length).entries()) {
    const ptsUs = 1_000_000 + (shown[index] as number) * 40_000;
    const fragment = muxer.pushVideo({ track: 0, ptsUs, receivedUs: index * 40_000, keyframe, payload });
    if (index === 0) splitter.push(new Uint8Array(muxer.init?.bytes ?? []));
    splitter.push(new Uint8Array(fragment?.bytes ?? []));
    const missing = shown.slice(index + 1).sort((a, b) => a - b)[0] ?? shown.length;
    untilS.push(splitter.decodedUntilS ?? 0);
    // How far the order goes and how long a picture lasts is learned from the first ones.
    if (index > 20) expect(splitter.decodedUntilS).toBeLessThanOrEqual(1.01 + missing * 0.04);
  }
  expect(untilS.at(-1)).toBeGreaterThan(2);
});
