import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import { OggPacketReader } from './ogg-packets.ts';

/** A page with whole packets, each laced as RFC 3533 clause 5 wants it. */
function page(packets: readonly Uint8Array[]): Uint8Array {
  const lacing = packets.flatMap(({ length }) => [
    ...new Array<number>(Math.floor(length / 255)).fill(255),
    length % 255,
  ]);
  const header = Buffer.alloc(27);
  header.write('OggS');
  header[26] = lacing.length;
  return Buffer.concat([header, Uint8Array.from(lacing), ...packets]);
}

test('packets do not depend on how the bytes were cut', () => {
  const packet = fc.uint8Array({ minLength: 0, maxLength: 700 });
  fc.assert(
    fc.property(
      fc.array(fc.array(packet, { maxLength: 4 }), { maxLength: 6 }),
      fc.integer({ min: 1, max: 90 }),
      (pages, step) => {
        const bytes = Buffer.concat(pages.map(page));
        const reader = new OggPacketReader();
        const seen: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; at += step) seen.push(...reader.push(bytes.subarray(at, at + step)));
        expect(seen.map((found) => [...found])).toEqual(pages.flat().map((found) => [...found]));
      },
    ),
  );
});

test('random bytes only ever return or throw a GatewayError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        new OggPacketReader().push(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError);
      }
    }),
  );
});
