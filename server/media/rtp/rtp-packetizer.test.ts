import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RtpPacketizer } from './rtp-packetizer.ts';

function packetize(packetizer: RtpPacketizer, nals: readonly Uint8Array[]): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  const room = new Uint8Array(2000);
  packetizer.start(nals);
  while (!packetizer.isDone) {
    const length = packetizer.write(room, 7);
    payloads.push(room.slice(7, 7 + length));
  }
  return payloads;
}

function nal(header: readonly number[], length: number): Uint8Array {
  const bytes = Uint8Array.from({ length }, (_, index) => index & 255);
  bytes.set(header);
  return bytes;
}

/** The receiving side, from RFC 6184 and RFC 7798, independent of the code under test. */
function reassemble(codec: 'h264' | 'h265', payloads: readonly Uint8Array[]): Uint8Array[] {
  const nals: Uint8Array[] = [];
  const header = codec === 'h264' ? 1 : 2;
  let fragments: Uint8Array[] = [];
  for (const payload of payloads) {
    const first = payload[0] as number;
    const type = codec === 'h264' ? first & 31 : (first >> 1) & 63;
    if (type === (codec === 'h264' ? 24 : 48)) {
      for (let at = header; at < payload.length; ) {
        const length = ((payload[at] as number) << 8) | (payload[at + 1] as number);
        nals.push(payload.slice(at + 2, at + 2 + length));
        at += 2 + length;
      }
    } else if (type === (codec === 'h264' ? 28 : 49)) {
      const fu = payload[header] as number;
      const original =
        codec === 'h264' ? [(first & 0xe0) | (fu & 31)] : [(first & 0x81) | ((fu & 63) << 1), payload[1] as number];
      if (fu & 0x80) fragments = [Uint8Array.from(original)];
      fragments.push(payload.slice(header + 1));
      if (fu & 0x40) nals.push(Uint8Array.from(Buffer.concat(fragments)));
    } else nals.push(payload);
  }
  return nals;
}

describe('RtpPacketizer', () => {
  it('puts H.264 parameter sets into one STAP-A and cuts the slice into equal fragments but the last', () => {
    const sets = [nal([0x67], 20), nal([0x68], 5)];
    const payloads = packetize(new RtpPacketizer('h264', 1172), [...sets, nal([0x65], 3000)]);
    expect(payloads.map((payload) => payload.length)).toEqual([1 + 2 + 20 + 2 + 5, 1172, 1172, 2 + 2999 - 2 * 1170]);
    expect(payloads[0]?.[0]).toBe(0x78);
    expect(payloads.slice(1).map((payload) => [payload[0], payload[1]])).toEqual([
      [0x7c, 0x85],
      [0x7c, 0x05],
      [0x7c, 0x45],
    ]);
  });

  it('puts H.265 parameter sets into one AP and cuts with the three-byte header', () => {
    const sets = [nal([0x40, 1], 24), nal([0x42, 1], 40), nal([0x44, 1], 7)];
    const payloads = packetize(new RtpPacketizer('h265', 100), [...sets, nal([0x26, 1], 150)]);
    expect([...(payloads[0] as Uint8Array).subarray(0, 4)]).toEqual([0x60, 1, 0, 24]);
    expect(payloads.slice(1).map((payload) => [payload[0], payload[1], payload[2]])).toEqual([
      [0x62, 1, 0x80 | 19],
      [0x62, 1, 0x40 | 19],
    ]);
  });

  it.each([
    ['a NAL unit of exactly the limit goes out alone', [nal([0x65], 100)], [100]],
    ['one byte more is cut', [nal([0x65], 101)], [100, 4]],
    ['a single parameter set is not aggregated', [nal([0x67], 10), nal([0x65], 10)], [10, 10]],
    ['parameter sets that do not fit together go out in turn', [nal([0x67], 60), nal([0x68], 60)], [60, 60]],
    ['slices stay apart', [nal([0x41], 30), nal([0x41], 30)], [30, 30]],
    ['nothing in it', [], []],
    ['an empty NAL unit is left out', [nal([0x41], 8), new Uint8Array(0)], [8]],
  ])('%s', (_name, nals, lengths) => {
    expect(packetize(new RtpPacketizer('h264', 100), nals).map((payload) => payload.length)).toEqual(lengths);
  });

  it('drops the rest of a unit when the next one is begun before it ended', () => {
    const packetizer = new RtpPacketizer('h264', 100);
    packetizer.start([nal([0x65], 500)]);
    packetizer.write(new Uint8Array(100), 0);
    expect(packetize(packetizer, [nal([0x41], 10)])).toHaveLength(1);
  });

  it.each(['h264', 'h265'] as const)('loses nothing, whatever the NAL units are: %s', (codec) => {
    const header =
      codec === 'h264'
        ? fc.constantFrom([0x67], [0x68], [0x65], [0x41])
        : fc.constantFrom([0x40, 1], [0x42, 1], [0x26, 1], [2, 1]);
    const nals = fc.array(
      fc.tuple(header, fc.integer({ min: 2, max: 700 })).map(([bytes, length]) => nal(bytes, length)),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(nals, fc.integer({ min: 30, max: 300 }), (units, maxPayloadBytes) => {
        const packetizer = new RtpPacketizer(codec, maxPayloadBytes);
        const payloads = packetize(packetizer, units);
        expect(payloads.every((payload) => payload.length > 0 && payload.length <= maxPayloadBytes)).toBe(true);
        expect(payloads.length).toBeLessThanOrEqual(packetizer.countAtMost(units));
        expect(reassemble(codec, payloads)).toEqual(units);
      }),
    );
  });
});
