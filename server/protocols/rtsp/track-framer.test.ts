import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessUnit, TrackInfo } from '../../media/access-unit.ts';
import { parseRtcpPackets } from '../../media/rtp/rtcp-packet.ts';
import { parseRtpPacket } from '../../media/rtp/rtp-packet.ts';
import { RtpReceiver } from '../../media/rtp/rtp-receiver.ts';
import { assetPath } from '../../platform/paths.ts';
import { loadVideoClip } from '../../simulators/clip.ts';
import type { FramedUnit } from './framed-unit.ts';
import { InterleavedReader } from './interleaved.ts';
import { selectTracks } from './offered-tracks.ts';
import { parseSdp } from './sdp.ts';
import { describeTracks } from './track-description.ts';
import { TrackFramer } from './track-framer.ts';

const FIRST = { ssrc: 0x01020304, sequence: 65_530, timestamp: 2 ** 32 - 1000 };
const video: TrackInfo = { kind: 'video', codec: 'h264', parameterSets: [] };

function unit(payload: readonly Uint8Array[], ptsUs: number, keyframe = false): AccessUnit {
  return { track: 0, ptsUs, receivedUs: ptsUs, keyframe, payload };
}

/** A slice of this many bytes. The first byte is its type, and the second says that it begins a picture. */
function slice(bytes: number, type = 0x41): Uint8Array {
  const nal = new Uint8Array(Math.max(bytes, 3)).fill(0x99);
  nal[0] = type;
  return nal;
}

const { parameterSets } = await loadVideoClip(assetPath('sub-360p.h264'));
const keyframe = (bytes: number): Uint8Array[] => [...parameterSets, slice(bytes, 0x65)];

/** Reads the bytes on the wire with our own client and returns the units. */
function receive(track: TrackInfo, framed: readonly FramedUnit[]): AccessUnit[] {
  const [offer] = selectTracks(parseSdp(describeTracks('cam', [{ track, control: 'x' }])));
  if (!offer) throw new Error('not offered');
  const receiver = new RtpReceiver({ ...offer, track: 0, startedUs: 0, mayReorder: false, ssrc: 1 });
  const units: AccessUnit[] = [];
  const reader = new InterleavedReader();
  for (const { bytes } of framed) {
    for (const item of reader.push(bytes)) {
      if (item.kind === 'frame' && item.channel === 0) receiver.pushRtp(item.data, 0, (one) => units.push(one));
    }
  }
  return units;
}

describe('what a reader puts together again', () => {
  test('is unchanged, for pictures of any size', () => {
    const sizes = fc.array(fc.integer({ min: 3, max: 9000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(sizes, (pictureBytes) => {
        const framer = new TrackFramer(video, 0, FIRST);
        const units = pictureBytes.map((bytes, index) =>
          unit(index === 0 ? keyframe(bytes) : [slice(bytes)], index * 40_000, index === 0),
        );
        const received = receive(
          video,
          units.map((one) => framer.frame(one)),
        );
        expect(received.map(({ payload }) => payload.map((nal) => Buffer.from(nal)))).toEqual(
          units.map(({ payload }) => payload.map((nal) => Buffer.from(nal))),
        );
        const firstUs = received[0]?.ptsUs ?? 0;
        expect(received.map(({ ptsUs }) => ptsUs - firstUs)).toEqual(units.map(({ ptsUs }) => ptsUs));
      }),
      { numRuns: 40 },
    );
  });

  test.each<[string, TrackInfo, number]>([
    ['mu-law in a long run', { kind: 'audio', codec: 'pcmu', sampleRateHz: 8000, channels: 1 }, 4000],
    ['Opus', { kind: 'audio', codec: 'opus', sampleRateHz: 48_000, channels: 2 }, 120],
    [
      'an AAC frame longer than a packet',
      { kind: 'audio', codec: 'aac', sampleRateHz: 48_000, channels: 2, config: Uint8Array.of(0x11, 0x90) },
      3500,
    ],
  ])('is what went in: %s', (_name, track, bytes) => {
    const sound = Uint8Array.from({ length: bytes }, (_, index) => index & 255);
    const framed = new TrackFramer(track, 0, FIRST).frame(unit([sound], 0));
    const received = receive(track, [framed]).flatMap(({ payload }) => payload);
    expect(Buffer.concat(received)).toEqual(Buffer.from(sound));
  });
});

describe('numbers and stamps', () => {
  test('sequence numbers and times wrap', () => {
    const framer = new TrackFramer(video, 0, FIRST);
    const framed = framer.frame(unit(keyframe(20_000), 1_000_000, true));
    const packets = Array.from({ length: framed.packets }, (_, index) => parseRtpPacket(framed.packet(index)));
    expect(packets.map(({ sequenceNumber }) => sequenceNumber)).toEqual(
      packets.map((_, index) => (65_530 + index) & 0xffff),
    );
    expect(new Set(packets.map(({ timestamp }) => timestamp))).toEqual(new Set([89_000]));
    expect(packets.map(({ marker }) => marker)).toEqual(packets.map((_, index) => index === packets.length - 1));
  });

  test('a unit keeps its numbers however late it is framed again', () => {
    const framer = new TrackFramer(video, 0, FIRST);
    const units = [unit(keyframe(5000), 0, true), unit([slice(3000)], 40_000), unit([slice(100)], 80_000)];
    const once = units.map((one) => framer.frame(one));
    const again = units.map((one) => framer.frame(one));
    expect(again.map(({ bytes }) => Buffer.from(bytes))).toEqual(once.map(({ bytes }) => Buffer.from(bytes)));
    const late = framer.frame(units[0] as AccessUnit, 79_000);
    expect(parseRtpPacket(late.packet(0)).sequenceNumber).toBe(65_530);
    expect(framer.position(units[1], 0).sequence).toBe(
      parseRtpPacket(once[1]?.packet(0) ?? new Uint8Array()).sequenceNumber,
    );
  });

  test('time is exact after years', () => {
    const framer = new TrackFramer(video, 0, { ...FIRST, timestamp: 0 });
    const years = 5 * 365 * 86_400;
    expect(framer.timestampAt((years + 1) * 1_000_000)).toBe(((years + 1) * 90_000) % 2 ** 32);
    expect(framer.timestampAt(years * 1_000_000 + 33_333)).toBe((years * 90_000 + 3000) % 2 ** 32);
  });

  test('a report tells the time of a moment, in front of the packets', () => {
    const framer = new TrackFramer(video, 1, FIRST);
    framer.frame(unit(keyframe(5000), 0, true));
    const framed = framer.frame(unit([slice(10)], 40_000), 40_000, { ntpUs: 5_000_000, ptsUs: 1_000_000 });
    expect(framed.hasReport).toBe(true);
    expect(framed.bytes[1]).toBe(3);
    const [report] = parseRtcpPackets(framed.packet(0));
    expect(report).toMatchObject({ kind: 'sender-report', ssrc: FIRST.ssrc, ntpUs: 5_000_000, rtpTimestamp: 89_000 });
  });
});

describe('channels', () => {
  test('another channel layout changes only the channel numbers and is made once', () => {
    const framer = new TrackFramer(video, 0, FIRST);
    const framed = framer.frame(unit(keyframe(5000), 0, true), 0, { ntpUs: 0, ptsUs: 0 });
    expect(framed.onChannels([0, 1])).toBe(framed.bytes);
    const other = framed.onChannels([10, 11]);
    expect(framed.onChannels([10, 11])).toBe(other);
    expect(framed.starts.map((start) => other[start + 1])).toEqual(framed.starts.map((_, at) => (at === 0 ? 11 : 10)));
    const back = other.slice();
    for (const start of framed.starts) back[start + 1] = framed.bytes[start + 1] as number;
    expect(Buffer.from(back)).toEqual(Buffer.from(framed.bytes));
  });
});
