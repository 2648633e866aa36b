import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import { InterleavedReader, type RtspItem, serializeInterleavedFrame } from './interleaved.ts';

const text = (value: string): Uint8Array => Buffer.from(value, 'latin1');
const rtp = (size: number, fill = 0x55): Uint8Array => Uint8Array.of(0x80, 0x60, ...new Uint8Array(size).fill(fill));
const REPLY = 'RTSP/1.0 200 OK\r\nCSeq: 4\r\nContent-Length: 4\r\n\r\nbody';

function describeItem(item: RtspItem): string {
  if (item.kind === 'frame') return `${item.channel}:${Buffer.from(item.data).toString('hex')}`;
  return item.kind === 'response' ? `${item.status}:${Buffer.from(item.body)}` : `${item.method} ${item.url}`;
}

function readAll(wire: Uint8Array, step = wire.length, reader = new InterleavedReader()): string[] {
  const seen: string[] = [];
  for (let at = 0; at < wire.length; at += step)
    seen.push(...reader.push(wire.subarray(at, at + step)).map(describeItem));
  return seen;
}

const WIRE = Buffer.concat([
  text(REPLY),
  serializeInterleavedFrame(0, rtp(20)),
  text('\r\n'),
  serializeInterleavedFrame(1, new Uint8Array(0)),
  text(REPLY),
  serializeInterleavedFrame(9, rtp(300)),
  text('OPTIONS rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n'),
]);
const EXPECTED = readAll(WIRE);

describe('InterleavedReader', () => {
  test('tells replies, frames (also empty ones and unknown channels) and requests apart', () => {
    expect(EXPECTED.map((item) => item.slice(0, 9))).toEqual([
      '200:body',
      '0:8060555',
      '1:',
      '200:body',
      '9:8060555',
      'OPTIONS r',
    ]);
  });

  test('the result does not depend on how TCP cut the bytes', () => {
    for (let cut = 1; cut < WIRE.length; cut++) {
      const reader = new InterleavedReader();
      expect([...readAll(WIRE.subarray(0, cut), cut, reader), ...readAll(WIRE.subarray(cut), 4096, reader)]).toEqual(
        EXPECTED,
      );
    }
    for (const step of [1, 2, 3, 7]) expect(readAll(WIRE, step)).toEqual(EXPECTED);
  });

  test('frames stay as they were while more is pushed', () => {
    const reader = new InterleavedReader();
    const wire = Buffer.concat([serializeInterleavedFrame(0, rtp(50, 1)), serializeInterleavedFrame(0, rtp(50, 2))]);
    const items = [
      ...reader.push(wire.subarray(0, 30)),
      ...reader.push(wire.subarray(30, 70)),
      ...reader.push(wire.subarray(70)),
    ];
    expect(items.map((item) => (item.kind === 'frame' ? item.data[30] : 0))).toEqual([1, 2]);
  });

  test.each([
    ['zeros', new Uint8Array(40)],
    ['a dollar that is none', Uint8Array.of(0x7f, 0x24, 0, 0, 20, 0x10, 1, 2, 3)],
    ['text that is no message', text('RTSP/x hello')],
    ['the rest of a frame that was longer than it said', new Uint8Array(1000).fill(0x24)],
  ])('finds the way back after %s', (_name, garbage) => {
    const reader = new InterleavedReader();
    reader.expectChannels([0, 1]);
    const good = serializeInterleavedFrame(0, rtp(20));
    const seen = readAll(Buffer.concat([good, garbage, good, good, text(REPLY)]), 11, reader);
    expect(seen.slice(-3)).toEqual([describeFrame(rtp(20)), describeFrame(rtp(20)), '200:body']);
    expect(reader.resyncs).toBeGreaterThan(0);
    expect(reader.garbageBytes).toBeGreaterThan(0);
  });

  test('gives up after a megabyte of garbage', () => {
    const reader = new InterleavedReader();
    const chunk = new Uint8Array(65_536).fill(0x61);
    expect(() => {
      for (let count = 0; count < 20; count++) reader.push(chunk);
    }).toThrow(expect.objectContaining({ code: 'bad-data' }));
  });

  test('a stream cut into single bytes costs linear time', () => {
    const wire = Buffer.concat(Array.from({ length: 20 }, () => serializeInterleavedFrame(0, rtp(60_000))));
    const startedMs = performance.now();
    expect(readAll(wire, 1)).toHaveLength(20);
    expect(performance.now() - startedMs).toBeLessThan(3000);
  });

  test('random bytes only return or throw a GatewayError', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 })), (chunks) => {
        const reader = new InterleavedReader();
        try {
          for (const chunk of [...chunks, text('$\0\0'), ...chunks]) reader.push(chunk);
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      }),
    );
  });
});

function describeFrame(data: Uint8Array): string {
  return describeItem({ kind: 'frame', channel: 0, data });
}
