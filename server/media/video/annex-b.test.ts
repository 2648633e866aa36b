import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indexOfStartCode, joinAnnexB, splitAnnexB, withoutTrailingZeros } from './annex-b.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const texts = (units: readonly Uint8Array[]): string[] => units.map((unit) => Buffer.from(unit).toString('hex'));

describe('splitAnnexB', () => {
  test.each([
    ['three and four byte start codes', '000001 6742 00000001 68ce 000001 65aa', ['6742', '68ce', '65aa']],
    ['a bare NAL unit', '65aabb', ['65aabb']],
    ['a NAL unit with others behind it', '6742 000001 68ce', ['6742', '68ce']],
    ['trailing zeros', '000001 6742 0000 00000001 65aa 000000', ['6742', '65aa']],
    ['zeros inside', '000001 65 0000 02 00 03', ['650000020003']],
    ['nothing but start codes', '000001 000001', []],
    ['nothing', '', []],
  ])('%s', (_name, input, expected) => {
    expect(texts(splitAnnexB(hex(input.replaceAll(' ', ''))))).toEqual(expected);
  });

  test('undoes joinAnnexB', () => {
    const unit = fc
      .uint8Array({ minLength: 1, maxLength: 40 })
      .filter((bytes) => bytes.at(-1) !== 0 && indexOfStartCode(bytes) === -1);
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        expect(texts(splitAnnexB(joinAnnexB(units)))).toEqual(texts(units));
      }),
    );
  });
});

test('withoutTrailingZeros keeps zeros in front of the last byte', () => {
  expect(texts([withoutTrailingZeros(hex('65000080000000'))])).toEqual(['65000080']);
});
