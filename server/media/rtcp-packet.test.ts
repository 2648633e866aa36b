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

  test('the end', () => {
    expect(parseRtcpPackets(serializeBye(3))).toEqual([{ kind: 'bye', ssrc: 3 }]);
  });

  test('what is malformed is left out, what stands before it is kept (Hanwha)', () => {
    const broken = Buffer.concat([serializeBye(3), Uint8Array.of(0x81, 202, 0, 99, 1, 2, 3, 4)]);
    expect(parseRtcpPackets(broken)).toEqual([{ kind: 'bye', ssrc: 3 }]);
  });

  test('random bytes never throw', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        (tail) => parseRtcpPackets(Uint8Array.of(0x81, 200, ...tail)).length < 10,
      ),
    );
  });
});
