import { describe, expect, it } from 'vitest';
import type { AccessUnit } from '../../../media/access-unit.ts';
import { RtpPacketizer } from '../../../media/rtp/rtp-packetizer.ts';
import { portableMemory } from '../native/packet-memory.ts';
import { MAX_PAYLOAD_BYTES, PayloadHistory } from './payload-history.ts';

const newHistory = () => new PayloadHistory(new RtpPacketizer('h264', MAX_PAYLOAD_BYTES), portableMemory);

/** Unit `number` of a camera with 25 pictures a second, its slice filled with the number. */
function unit(number: number, keyframe: boolean, bytes: number): AccessUnit {
  const slice = new Uint8Array(bytes).fill(number & 255);
  slice[0] = keyframe ? 0x65 : 0x41;
  return { track: 0, ptsUs: number * 40_000, receivedUs: number * 40_000, keyframe, payload: [slice] };
}

function lastByte(history: PayloadHistory, packet: number): number | undefined {
  return history.memory.bytes[history.offsetOf(packet) + history.lengthOf(packet) - 1];
}

describe('PayloadHistory', () => {
  it('keeps the group since the last key frame, however it grows, and every byte of it', () => {
    const history = newHistory();
    history.add(unit(0, true, 100_000));
    for (let number = 1; number < 400; number++) history.add(unit(number, false, 20_000));
    expect(history.group).toHaveLength(400);
    for (const { firstPacket, endPacket, index } of history.group) {
      expect(history.holds(firstPacket)).toBe(true);
      expect(lastByte(history, endPacket - 1)).toBe(index & 255);
    }
    history.add(unit(400, true, 100_000));
    expect(history.group).toHaveLength(1);
    expect(history.keyframeIntervalUs).toBe(400 * 40_000);
  });

  it('keeps 2,048 packets and a second for retransmission, whatever the key frames', () => {
    const history = newHistory();
    for (let number = 0; number < 100; number++) history.add(unit(number, true, 160_000));
    const last = (history.group[0]?.endPacket ?? 0) - 1;
    const perUnit = Math.ceil(159_999 / 1170);
    expect(history.holds(last - 2047)).toBe(true);
    expect(history.holds(last - 25 * perUnit)).toBe(true);
    expect(lastByte(history, last - 24 * perUnit)).toBe(100 - 1 - 24);
    expect(history.holds(last + 1)).toBe(false);
  });

  it('drops a group that exceeds its limit, so that memory stays bounded', () => {
    const history = newHistory();
    history.add(unit(0, true, 1_000_000));
    for (let number = 1; number < 60; number++) history.add(unit(number, false, 1_000_000));
    expect(history.group).toHaveLength(0);
    expect(history.memory.bytes.length).toBeLessThan(35_000_000);
    expect(history.add(unit(60, false, 1000))).toBeDefined();
    history.add(unit(61, true, 1000));
    expect(history.group).toHaveLength(1);
  });

  it('refuses a single picture that is larger than everything it may keep', () => {
    expect(newHistory().add(unit(0, true, 40_000_000))).toBeUndefined();
  });

  it('finds units of the present group only', () => {
    const history = newHistory();
    for (let number = 0; number < 5; number++) history.add(unit(number, number === 0, 100));
    expect(history.unitAt(3)?.ptsUs).toBe(120_000);
    expect(history.unitAt(5)).toBeUndefined();
    history.add(unit(5, true, 100));
    expect(history.unitAt(3)).toBeUndefined();
    expect(history.unitAt(5)?.keyframe).toBe(true);
  });
});
