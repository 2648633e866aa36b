import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRtcpPackets, serializeBye, serializeReceiverReport, serializeSenderReport } from './rtcp-packet.ts';

describe('RTCP', () => {
  const report = {
    ssrc: 1,
    fractionLost: 25,
    packetsLost: 300,
    highestSequence: 65_537,
    jitter: 12,
    lastSenderReport: 0x12345678,
    delaySinceLastSenderReport: 65_536,
  };

  test('receiver reports', () => {
    expect(parseRtcpPackets(serializeReceiverReport(9, [report], 'oriel'))).toEqual([
      { kind: 'receiver-report', ssrc: 9, reports: [report] },
    ]);
    expect(parseRtcpPackets(serializeReceiverReport(9, [], ''))).toEqual([
      { kind: 'receiver-report', ssrc: 9, reports: [] },
    ]);
  });

  test('sender reports', () => {
    const sent = { ssrc: 7, ntpUs: 3_900_000_000_250_000, rtpTimestamp: 90_000, packets: 5, bytes: 700 };
    expect(parseRtcpPackets(serializeSenderReport(sent, 'oriel'))).toEqual([
      { kind: 'sender-report', ...sent, ntpMiddle: ((3_900_000_000 & 0xffff) * 65_536 + 0x4000) >>> 0 },
    ]);
  });

  test('a BYE packet is read and written', () => {
    expect(parseRtcpPackets(serializeBye(3))).toEqual([{ kind: 'bye', ssrc: 3 }]);
  });

  const feedback = (format: number, type: number, ...words: number[]) =>
    Uint8Array.of(0x80 | format, type, 0, 2 + words.length, 0, 0, 0, 1, 0, 0, 0, 5, ...words.flatMap(fourBytes));
  const fourBytes = (word: number) => [word >>> 24, word >>> 16, word >>> 8, word].map((byte) => byte & 255);

  test.each([
    ['a packet alone', [0x1234_0000], [0x1234]],
    ['the first and the last after it', [0x0010_8001], [0x10, 0x11, 0x20]],
    ['numbers that wrap', [0xffff_0003], [0xffff, 0, 1]],
    ['several groups', [0x0001_0000, 0x0064_0002], [1, 100, 102]],
  ])('asks for %s again', (_name, words, lost) => {
    expect(parseRtcpPackets(feedback(1, 205, ...words))).toEqual([{ kind: 'nack', ssrc: 5, lost }]);
  });

  test('picture loss is told from other feedback', () => {
    expect(parseRtcpPackets(feedback(1, 206))).toEqual([{ kind: 'picture-loss', ssrc: 5 }]);
    expect(parseRtcpPackets(feedback(15, 206, 0x52454d42))).toEqual([]);
    expect(parseRtcpPackets(feedback(15, 205, 0))).toEqual([]);
  });

  test('a malformed part is left out and what comes before it is kept (Hanwha)', () => {
    const broken = Buffer.concat([serializeBye(3), Uint8Array.of(0x81, 202, 0, 99, 1, 2, 3, 4)]);
    expect(parseRtcpPackets(broken)).toEqual([{ kind: 'bye', ssrc: 3 }]);
  });

  test('random bytes never throw', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        fc.integer({ min: 200, max: 206 }),
        (tail, type) => parseRtcpPackets(Uint8Array.of(0x81, type, ...tail)).length < 10,
      ),
    );
  });
});
