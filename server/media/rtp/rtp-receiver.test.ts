import { describe, expect, test } from 'vitest';
import type { AccessUnit } from '../access-unit.ts';
import { LipSync } from '../audio/lip-sync.ts';
import { parseRtcpPackets, type SenderReport, serializeSenderReport } from './rtcp-packet.ts';
import { serializeRtpPacket } from './rtp-packet.ts';
import { RtpReceiver, type RtpReceiverOptions } from './rtp-receiver.ts';

const AUDIO: RtpReceiverOptions = {
  track: 1,
  info: { kind: 'audio', codec: 'pcmu', sampleRateHz: 8000, channels: 1 },
  format: { kind: 'plain' },
  payloadType: 0,
  clockRateHz: 8000,
  startedUs: 0,
  mayReorder: false,
  ssrc: 99,
};

type Sent = { readonly sequence: number; readonly ssrc?: number; readonly type?: number; readonly atUs?: number };

function receive(sent: readonly Sent[], options: Partial<RtpReceiverOptions> = {}) {
  const receiver = new RtpReceiver({ ...AUDIO, ...options });
  const units: AccessUnit[] = [];
  for (const { sequence, ssrc = 5, type = 0, atUs = sequence * 20_000 } of sent) {
    const payload = Uint8Array.of(sequence);
    const header = { payloadType: type, marker: false, sequenceNumber: sequence, timestamp: sequence * 160, ssrc };
    receiver.pushRtp(serializeRtpPacket({ ...header, payload }), atUs, (unit) => units.push(unit));
  }
  return { receiver, heard: units.map((unit) => unit.payload[0]?.[0]), units };
}

describe('RtpReceiver', () => {
  test('turns packets into units of its track', () => {
    const { units } = receive([{ sequence: 1 }, { sequence: 2 }]);
    expect(units).toMatchObject([
      { track: 1, ptsUs: 20_000, receivedUs: 20_000, keyframe: true },
      { track: 1, ptsUs: 40_000, receivedUs: 40_000, keyframe: true },
    ]);
  });

  test('packets of other payload types (Geovision’s 50) are dropped before their sequence numbers are considered', () => {
    const { heard, receiver } = receive([{ sequence: 1 }, { sequence: 1, type: 50 }, { sequence: 2 }]);
    expect(heard).toEqual([1, 2]);
    expect(receiver.foreignPackets).toBe(1);
    expect(receiver.counts.gaps).toBe(0);
  });

  test('a second sender is ignored while the first one lives', () => {
    expect(receive([{ sequence: 1 }, { sequence: 9, ssrc: 6, atUs: 1 }, { sequence: 2 }]).heard).toEqual([1, 2]);
  });

  test('a second sender replaces the first after two seconds of silence', () => {
    const late = { ssrc: 6, atUs: 2_500_000 };
    expect(receive([{ sequence: 1 }, { sequence: 9, ...late }, { sequence: 10, ...late }]).heard).toEqual([1, 9, 10]);
  });

  test('the announced sender is believed at once', () => {
    const sent = [{ sequence: 1, ssrc: 6 }, { sequence: 50 }, { sequence: 2, ssrc: 6 }, { sequence: 51 }];
    expect(receive(sent, { announcedSsrc: 5 }).heard).toEqual([1, 50, 51]);
  });

  test('packets are put in order for datagrams, and not for connections, which keep the order', () => {
    const sent = [{ sequence: 1 }, { sequence: 3 }, { sequence: 2 }];
    expect(receive(sent, { mayReorder: true }).heard).toEqual([1, 2, 3]);
  });

  test('bytes that are no RTP do no harm', () => {
    const { receiver } = receive([{ sequence: 1 }]);
    receiver.pushRtp(Uint8Array.of(1, 2, 3), 0, () => expect.unreachable());
    expect(receiver.foreignPackets).toBe(1);
  });

  test('reports loss, the highest sequence number and the last sender report', () => {
    const { receiver } = receive([{ sequence: 65_534 }, { sequence: 65_535 }, { sequence: 1 }]);
    receiver.pushRtcp(senderReport(5, 1_000_000_000, 0), 1_000_000);
    expect(parseRtcpPackets(receiver.report(1_500_000))).toMatchObject([
      {
        ssrc: 99,
        reports: [
          {
            ssrc: 5,
            packetsLost: 1,
            fractionLost: 64,
            highestSequence: 65_537,
            delaySinceLastSenderReport: 32_768,
          },
        ],
      },
    ]);
    expect(parseRtcpPackets(receiver.report(2_000_000))).toMatchObject([
      { reports: [{ fractionLost: 0, packetsLost: 1 }] },
    ]);
  });

  test('before the first packet the report is empty', () => {
    expect(parseRtcpPackets(new RtpReceiver(AUDIO).report(0))).toEqual([
      { kind: 'receiver-report', ssrc: 99, reports: [] },
    ]);
  });

  test('reports of another sender are dropped (Tapo C320WS)', () => {
    const { receiver } = receive([{ sequence: 1 }]);
    expect(receiver.pushRtcp(senderReport(6, 1_000_000_000, 0), 0)).toBeUndefined();
  });
});

function senderReport(ssrc: number, ntpUs: number, rtpTimestamp: number): Uint8Array {
  return serializeSenderReport({ ssrc, ntpUs, rtpTimestamp, packets: 1, bytes: 1 }, 'camera');
}

describe('LipSync', () => {
  /** Sound and picture begin at RTP time 160 and the same moment; reports every five seconds say how they really stand. */
  function shiftOf(audioNtp: (atUs: number) => number, videoNtp = (atUs: number): number => atUs): number {
    const video = receive([{ sequence: 1 }]).receiver;
    const audio = receive([{ sequence: 1 }]).receiver;
    const sync = new LipSync(video, audio);
    for (const atUs of [5_000_000, 10_000_000]) {
      const rtpTimestamp = atUs * 0.008;
      for (const [receiver, ntp] of [
        [video, videoNtp],
        [audio, audioNtp],
      ] as const) {
        const [report] = parseRtcpPackets(senderReport(5, 3e15 + ntp(atUs), rtpTimestamp));
        sync.report(receiver, report as SenderReport);
      }
    }
    let ptsUs = 0;
    const packet = { payloadType: 0, marker: false, sequenceNumber: 2, timestamp: 160 + 80_000, ssrc: 5 };
    audio.pushRtp(serializeRtpPacket({ ...packet, payload: Uint8Array.of(1) }), 10_020_000, (unit) => {
      ptsUs = unit.ptsUs;
    });
    return ptsUs - 10_020_000;
  }

  test.each([
    ['sound that is 300 ms late is moved', (atUs: number) => atUs + 300_000, 300_000],
    ['a difference nobody hears is left', (atUs: number) => atUs + 5000, 0],
    ['an absurd difference is left', (atUs: number) => atUs + 3_600_000_000, 0],
    ['a clock that stands still is not believed', () => 300_000, 0],
    ['a clock that runs a fifth too fast is not believed', (atUs: number) => atUs * 1.2 + 300_000, 0],
  ])('%s', (_name, audioNtp, expected) => {
    expect(Math.abs(shiftOf(audioNtp) - expected)).toBeLessThan(10);
  });
});
