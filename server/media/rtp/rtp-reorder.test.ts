import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RtpPacket } from './rtp-packet.ts';
import { RtpReorder } from './rtp-reorder.ts';

function packet(sequenceNumber: number): RtpPacket {
  return {
    payloadType: 96,
    marker: false,
    sequenceNumber: sequenceNumber & 0xffff,
    timestamp: 0,
    ssrc: 1,
    payload: new Uint8Array(0),
  };
}

const order = (sequences: readonly number[], stepUs = 0): number[] => {
  const reorder = new RtpReorder();
  return sequences
    .flatMap((sequence, index) => reorder.push(packet(sequence), index * stepUs))
    .map((out) => out.sequenceNumber);
};

describe('RtpReorder', () => {
  test.each([
    ['in order', [1, 2, 3], [1, 2, 3]],
    ['two swapped', [1, 3, 2, 4], [1, 2, 3, 4]],
    ['doubled', [1, 2, 2, 1, 3], [1, 2, 3]],
    ['across the wrap', [65_535, 1, 0, 2], [65_535, 0, 1, 2]],
    ['one that comes after it was given up', [1, ...range(3, 70), 2, 71], [1, ...range(3, 70), 71]],
    ['a sender that begins anew', [1000, 1001, 20, 21], [1000, 1001, 20, 21]],
    ['a sender that begins anew while one is missing', [1000, 1002, 60_000, 60_001], [1000, 1002, 60_000, 60_001]],
  ])('%s', (_name, input, expected) => {
    expect(order(input)).toEqual(expected);
  });

  test('a slow track does not wait for 64 packets', () => {
    expect(order([1, 3, 4, 5, 6], 100_000)).toEqual([1, 3, 4, 5, 6]);
  });

  test('whatever happens within the window, everything comes out once and in order', () => {
    const shuffle = fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(shuffle, fc.integer({ min: 0, max: 65_535 }), (delays, first) => {
        const sent = delays.map((delay, index) => ({ sequence: first + index + 1, at: index + delay }));
        const arrived = [{ sequence: first, at: -1 }, ...sent]
          .sort((a, b) => a.at - b.at)
          .map(({ sequence }) => sequence);
        expect(order([...arrived, ...arrived])).toEqual(range(first, first + 30).map((sequence) => sequence & 0xffff));
      }),
    );
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
