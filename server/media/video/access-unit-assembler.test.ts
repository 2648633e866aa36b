import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import { noCounts, type RtpAccessUnit } from '../rtp/rtp-access-unit.ts';
import { AccessUnitAssembler } from './access-unit-assembler.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const SPS = '6742c01ed900a02ff970110000030001000003003c0f162e48';
const OTHER_SPS = '674d401fd9005005bb0110000003001000000301e0f1832480';
const PPS = '68cb83cb20';
const OTHER_PPS = '68cb83cb2080';
/** First slices have first_mb_in_slice 0, the single bit 1; later ones another number. */
const IDR = '6588aa';
const IDR_REST = '6560bb';
const P = '419acc';
const P_REST = '4160dd';
const B = '019ecc0000000000000080';
const SEI = '060511';
const RECOVERY_POINT = '060601c480';
const AUD = '09f0';

/** A NAL unit, `stamp:nal`, `|` for the marker, `lost` for a gap. */
function assemble(script: string, sets: readonly string[] = [], codec: 'h264' | 'h265' = 'h264') {
  const counts = noCounts();
  const assembler = new AccessUnitAssembler(codec, sets.map(hex), counts);
  const units: RtpAccessUnit[] = [];
  for (const word of script.trim().split(/\s+/)) {
    if (word === '|') assembler.marker();
    else if (word === 'lost') assembler.lose();
    else {
      const [stamp = '', nal = ''] = word.split(':');
      assembler.push(hex(nal), Number(stamp), Number(stamp) * 10);
    }
    units.push(...assembler.take());
  }
  return { units: units.map(describeUnit), counts, reorders: assembler.reorders };
}

function describeUnit({ timestamp, keyframe, payload }: RtpAccessUnit): string {
  return `${timestamp}${keyframe ? ' key' : ''} ${payload.map((nal) => Buffer.from(nal).toString('hex')).join(' ')}`;
}

const KEY = `1 key ${SPS} ${PPS} ${IDR}`;

describe('access units of H.264', () => {
  test.each([
    ['by the book', `1:${SPS} 1:${PPS} 1:${IDR} | 2:${P} |`, [KEY, `2 ${P}`]],
    ['no marker: the next stamp ends a picture (FLIR)', `1:${SPS} 1:${PPS} 1:${IDR} 2:${P} 3:${P}`, [KEY, `2 ${P}`]],
    [
      'markers on parameter sets and SEI (Tapo, Reolink)',
      `1:${SPS} | 1:${PPS} | 1:${SEI} | 1:${IDR} | 2:${P} |`,
      [KEY, `2 ${P}`],
    ],
    ['parameter sets with the stamp before (RLC-822A)', `0:${SPS} 0:${PPS} 1:${IDR} | 2:${P} |`, [KEY, `2 ${P}`]],
    [
      'delimiters and SEI are left out',
      `1:${AUD} 1:${SPS} 1:${PPS} 1:${SEI} 1:${IDR} | 2:${AUD} 2:${P} |`,
      [KEY, `2 ${P}`],
    ],
    [
      'an SEI alone is not a picture (RLC-510A)',
      `1:${SPS} 1:${PPS} 1:${IDR} | 1:${SEI} | 2:${SEI} | 2:${P} |`,
      [KEY, `2 ${P}`],
    ],
    [
      'several slices',
      `1:${SPS} 1:${PPS} 1:${IDR} 1:${IDR_REST} | 2:${P} 2:${P_REST} |`,
      [`${KEY} ${IDR_REST}`, `2 ${P} ${P_REST}`],
    ],
    [
      'equal stamps: a first slice begins a picture',
      `1:${SPS} 1:${PPS} 1:${IDR} 1:${P} 1:${P} |`,
      [KEY, `1 ${P}`, `1 ${P}`],
    ],
    ['parameter sets begin a picture', `1:${SPS} 1:${PPS} 1:${IDR} 1:${SPS} 1:${PPS} 1:${IDR} |`, [KEY, KEY]],
  ])('%s', (_name, script, expected) => {
    expect(assemble(script).units).toEqual(expected);
  });

  test('parameter sets from the session description stand in for missing ones', () => {
    expect(assemble(`1:${IDR} | 2:${P} |`, [SPS, PPS]).units).toEqual([KEY, `2 ${P}`]);
  });

  test('without any parameter sets nothing is decodable until they come', () => {
    const { units, counts } = assemble(`1:${IDR} | 2:${P} | 3:${SPS} 3:${PPS} 3:${IDR} |`, ['6742']);
    expect(units).toEqual([`3 key ${SPS} ${PPS} ${IDR}`]);
    expect(counts.undecodable).toBe(2);
  });

  test('a new SPS replaces the one before, also that of the session description', () => {
    const { units } = assemble(`1:${OTHER_SPS} 1:${IDR} | 2:${IDR} |`, [SPS, PPS]);
    expect(units).toEqual([`1 key ${OTHER_SPS} ${PPS} ${IDR}`, `2 key ${OTHER_SPS} ${PPS} ${IDR}`]);
  });

  test('a damaged SPS changes nothing', () => {
    expect(assemble(`1:6742 1:${IDR} |`, [SPS, PPS]).units).toEqual([KEY]);
  });

  test('a PPS that changes between key frames goes with its picture', () => {
    const { units } = assemble(`1:${IDR} | 2:${OTHER_PPS} 2:${P} | 3:${PPS} 3:${PPS} 3:${P} |`, [SPS, PPS]);
    expect(units).toEqual([KEY, `2 ${OTHER_PPS} ${P}`, `3 ${PPS} ${P}`]);
  });

  describe('loss', () => {
    test.each([
      [
        'everything up to the next key frame is dropped',
        `1:${IDR} | 2:${P} lost | 3:${P} | 4:${IDR} | 5:${P} |`,
        [KEY, `4 key ${SPS} ${PPS} ${IDR}`, `5 ${P}`],
      ],
      ['between two pictures', `1:${IDR} | lost 2:${P} | 3:${IDR} |`, [KEY, `3 key ${SPS} ${PPS} ${IDR}`]],
      [
        'a key frame without its first slice is dropped',
        `lost 1:${IDR_REST} | 2:${P} | 3:${IDR} |`,
        [`3 key ${SPS} ${PPS} ${IDR}`],
      ],
    ])('%s', (_name, script, expected) => {
      expect(assemble(script, [SPS, PPS]).units).toEqual(expected);
    });
  });

  test('markers on every slice are recognised, and whole pictures come from the next key frame on', () => {
    const picture = (stamp: number, first: string, rest: string) => `${stamp}:${first} | ${stamp}:${rest} |`;
    const script = [
      picture(1, IDR, IDR_REST),
      picture(2, P, P_REST),
      picture(3, IDR, IDR_REST),
      picture(4, P, P_REST),
      `5:${P}`,
    ];
    expect(assemble(script.join(' '), [SPS, PPS]).units.slice(1)).toEqual([
      `3 key ${SPS} ${PPS} ${IDR} ${IDR_REST}`,
      `4 ${P} ${P_REST}`,
    ]);
  });

  test('a stream without IDR pictures is entered at a recovery point after four seconds', () => {
    const script = `0:${P} | 90000:${RECOVERY_POINT} 90000:${P} | 450000:${RECOVERY_POINT} 450000:${P} | 453000:${P} |`;
    const started = assemble(`lost ${script}`, [SPS, PPS]);
    expect(started.units).toEqual([`450000 key ${SPS} ${PPS} ${RECOVERY_POINT} ${P}`, `453000 ${P}`]);
  });

  test('a recovery point behind another message of the same SEI is found', () => {
    const behindBufferingPeriod = '060002aabb0601c480';
    const script = `0:${P} | 450000:${behindBufferingPeriod} 450000:${P} |`;
    expect(assemble(`lost ${script}`, [SPS, PPS]).units).toEqual([
      `450000 key ${SPS} ${PPS} ${behindBufferingPeriod} ${P}`,
    ]);
  });

  test('a picture that never ends is given up', () => {
    const slices = Array.from({ length: 600 }, () => `1:${P_REST}`).join(' ');
    const { units, counts } = assemble(`0:${IDR} | 1:${P} ${slices} | 2:${IDR} |`, [SPS, PPS]);
    expect(units).toHaveLength(2);
    expect(counts.undecodable).toBeGreaterThan(0);
  });

  test('a single picture that is too large is left out; when all are too large, the stream ends with picture-too-large', () => {
    const slices = Array.from({ length: 600 }, () => `1:${P_REST}`).join(' ');
    const nameOf = (script: string): unknown => {
      try {
        return assemble(script, [SPS, PPS]).units.length;
      } catch (error) {
        return error instanceof GatewayError && error.code;
      }
    };
    expect(nameOf(`1:${IDR} ${slices} | 2:${P} |`)).toBe('picture-too-large');
    expect(nameOf(`0:${IDR} | 1:${IDR} ${slices} | 2:${P} |`)).toBe(1);
    expect(nameOf(`0:${IDR} | 1:${IDR} ${slices} ${slices} | 2:${P} |`)).toBe('picture-too-large');
  });

  test('B-frames are recognised', () => {
    expect(assemble(`1:${IDR} | 2:${P} |`, [SPS, PPS]).reorders).toBe(false);
    expect(assemble(`1:${IDR} | 2:${B} |`, [SPS, PPS]).reorders).toBe(true);
  });
});

describe('access units of H.265', () => {
  const H265_VPS = '40010c01ffff016000000300900000030000030078ac09';
  const H265_SPS = '42010101600000030090000003000003003fa0050201696592a4932bc05a020000030002000003003c10';
  const H265_PPS = '4401c172b46240';
  const sets = [H265_VPS, H265_SPS, H265_PPS];

  test.each([
    ['IDR', '2601af'],
    ['CRA', '2a01af'],
  ])('%s is a key frame and carries VPS, SPS, PPS', (_name, slice) => {
    const { units } = assemble(`1:4601 1:${sets.join(' 1:')} 1:4e01 1:${slice} | 2:0201d0 2:020150 |`, [], 'h265');
    expect(units).toEqual([`1 key ${sets.join(' ')} ${slice}`, '2 0201d0 020150']);
  });
});
