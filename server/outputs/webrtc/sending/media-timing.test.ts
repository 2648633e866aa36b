import { describe, expect, it } from 'vitest';
import type { AccessUnit, AudioTrack } from '../../../media/access-unit.ts';
import { ReplayPace } from '../../../media/catch-up/replay-pace.ts';
import { RtpPacketizer } from '../../../media/rtp/rtp-packetizer.ts';
import { portableMemory } from '../native/packet-memory.ts';
import { isLanAddress } from '../transport/lan-address.ts';
import { AudioPackets, opusDuration } from './audio-packets.ts';
import { CameraTimeline } from './camera-timeline.ts';
import { MAX_PAYLOAD_BYTES, PayloadHistory } from './payload-history.ts';
import { ReceiverMeter } from './receiver-meter.ts';
import { SendClock } from './send-clock.ts';
import { ntpMiddle } from './sender-report.ts';

describe('CameraTimeline', () => {
  it('uses the picture with the least delay, and follows the drift of the camera', () => {
    const timeline = new CameraTimeline();
    for (let frame = 0; frame < 50; frame++)
      timeline.observe(frame * 40_000, 1000 + frame * 40_000 + (frame % 7) * 5000);
    expect(timeline.transitUs).toBe(1000);
    // The camera's clock now runs a second behind.
    for (let frame = 50; frame < 400; frame++) timeline.observe(frame * 40_000, 1_001_000 + frame * 40_000);
    expect(timeline.transitUs).toBe(1_001_000);
  });

  it('keeps sound and picture of one viewer on one clock', () => {
    const timeline = new CameraTimeline();
    timeline.observe(0, 5_000_000);
    const clock = new SendClock(timeline);
    // 40 ms after the first picture left the camera, both methods give the same for both rates.
    expect(clock.ofUnit(40_000, 90_000, 7)).toBe(clock.ofNow(5_040_000, 90_000, 7));
    expect(clock.ofUnit(40_000, 8000, 9)).toBe(clock.ofNow(5_040_000, 8000, 9));
    const before = clock.ofUnit(80_000, 90_000, 0);
    clock.delay(20_000);
    expect(clock.ofUnit(80_000, 90_000, 0) - before).toBe(1800);
  });
});

describe('ReplayPace', () => {
  const groupOf = (frames: number, keyEvery: number, bytes: number) => {
    const history = new PayloadHistory(new RtpPacketizer('h264', MAX_PAYLOAD_BYTES), portableMemory);
    for (let number = 0; number < keyEvery + frames; number++) {
      const slice = new Uint8Array(bytes).fill(1);
      const unit = {
        track: 0,
        ptsUs: 0,
        receivedUs: number * 40_000,
        keyframe: number % keyEvery === 0,
        payload: [slice],
      };
      history.add(unit);
    }
    return { history, nowUs: (keyEvery + frames) * 40_000 };
  };

  it('sends at 80 Mbit/s over a LAN and at four times the stream elsewhere, half as fast once packets were lost', () => {
    const { history, nowUs } = groupOf(100, 250, 20_000);
    const wait = (address: string, losses: number) => {
      const pace = new ReplayPace(isLanAddress(address));
      pace.begins({}, history, nowUs);
      for (let loss = 0; loss < losses; loss++) pace.lost(loss);
      pace.waitMs(1_000_000, 5);
      return Math.round(pace.waitMs(1, 0));
    };
    expect([wait('192.168.1.4', 0), wait('::1', 0), wait('192.168.1.4', 5)]).toEqual([100, 100, 200]);
    expect(wait('203.0.113.5', 0)).toBeCloseTo(500, -1);
  });

  it('does not begin a replay that would end after the next key frame', () => {
    const early = groupOf(100, 250, 20_000);
    const late = groupOf(245, 250, 20_000);
    expect(new ReplayPace(false).begins({}, early.history, early.nowUs)).toBe(true);
    expect(new ReplayPace(false).begins({}, late.history, late.nowUs)).toBe(false);
  });

  it('shares one rate among all replays over a connection', () => {
    const { history, nowUs } = groupOf(100, 250, 20_000);
    const pace = new ReplayPace(false);
    const tiles = [{}, {}, {}];
    for (const tile of tiles) pace.begins(tile, history, nowUs);
    // Three streams of 4 Mbit/s, four times as fast: 48 Mbit/s in all.
    const waits = [0, 0, 0, 0].map(() => Math.round(pace.waitMs(60_000, 5)));
    expect(waits).toEqual([0, 5, 15, 25]);
    for (const tile of tiles) pace.ends(tile);
    expect(pace.waitMs(1, 5)).toBeCloseTo(35, 0);
  });
});

describe('AudioPackets', () => {
  const track: AudioTrack = { kind: 'audio', codec: 'pcma', sampleRateHz: 8000, channels: 1 };
  const unit = (bytes: number): AccessUnit => ({
    track: 1,
    ptsUs: 1_000_000,
    receivedUs: 0,
    keyframe: true,
    payload: [new Uint8Array(bytes)],
  });

  it('cuts a second of G.711, which some cameras send at once, into packets that browsers expect', () => {
    const packets = [...new AudioPackets(portableMemory).packetsOf(track, unit(8000))];
    expect(packets).toHaveLength(17);
    expect(packets[1]).toMatchObject({ length: 480, duration: 480, ptsUs: 1_060_000 });
    expect(packets.reduce((sum, { duration }) => sum + duration, 0)).toBe(8000);
  });

  it.each([
    ['one frame of 20 ms', [0x78], 960],
    ['two of 10 ms', [0x71], 960],
    ['three of 60 ms', [0x1b, 3], 8640],
    ['one of 2.5 ms', [0x80], 120],
  ])('knows how long an Opus packet is: %s', (_name, bytes, ticks) => {
    expect(opusDuration(Uint8Array.from(bytes))).toBe(ticks);
  });
});

describe('ReceiverMeter', () => {
  const NOTHING_LOST = {
    ssrc: 5,
    fractionLost: 0,
    packetsLost: 0,
    highestSequence: 0,
    jitter: 0,
    lastSenderReport: 0,
    delaySinceLastSenderReport: 0,
  };

  it('computes bitrate, loss and round trip from what the receiver reports', () => {
    const meter = new ReceiverMeter();
    meter.measure(0, 1000);
    meter.measure(500_000, 2000);
    const sentAt = ntpMiddle(1_700_000_000_000);
    meter.takeReport(
      { ...NOTHING_LOST, fractionLost: 26, lastSenderReport: sentAt, delaySinceLastSenderReport: 32_768 },
      ntpMiddle(1_700_000_000_540),
    );
    expect(meter).toMatchObject({ bitrateKbps: 4000, lossPercent: 10.2 });
    expect(meter.roundTripMs).toBeCloseTo(40, 0);
  });

  it('does not believe a report that quotes the future', () => {
    const meter = new ReceiverMeter();
    meter.takeReport({ ...NOTHING_LOST, lastSenderReport: 4_000_000 }, 1_000_000);
    expect(meter.roundTripMs).toBeUndefined();
  });
});
