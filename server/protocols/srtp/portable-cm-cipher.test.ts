import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_RUN_BYTES, MAX_RUN_PACKETS, PacketRun } from './packet-run.ts';
import { PortableCmCipher } from './portable-cm-cipher.ts';
import { createSrtpKernel, type SrtpKernel } from './srtp-kernel.ts';
import { SRTP_PROFILE } from './srtp-profile.ts';

const kernel = createSrtpKernel() as SrtpKernel;
const { run } = kernel;
const source = { bytes: new Uint8Array(randomBytes(4 * MAX_RUN_BYTES)), address: 0 };
const clear = source.bytes.slice();
const HIGHEST_SEQUENCE = 0xffff;

type Viewer = { readonly keys: ReturnType<typeof randomKeys>; readonly cipher: PortableCmCipher };
type Packets = {
  readonly lengths: readonly number[];
  readonly headerBytes: number;
  readonly ssrc: number;
  readonly rolloverCounter: number;
  readonly firstSequence: number;
};
const PLAIN = { headerBytes: 20, ssrc: 0xdeadbeef, rolloverCounter: 0, firstSequence: 1 };

function randomKeys() {
  const [cipherKey, salt, authKey] = [randomBytes(16), randomBytes(14), randomBytes(20)];
  return { profile: SRTP_PROFILE.aesCmSha1, cipherKey, salt, authKey };
}

function newViewer(): Viewer {
  const keys = randomKeys();
  return { keys, cipher: new PortableCmCipher(kernel, keys) };
}

/** RFC 3711 written with node:crypto, as an independent judge. */
function judged({ keys }: Viewer, header: Uint8Array, payload: Uint8Array, ssrc: number, index: bigint): Uint8Array {
  const counter = (BigInt(`0x${keys.salt.toString('hex')}`) << 16n) ^ (BigInt(ssrc) << 64n) ^ (index << 16n);
  const iv = Buffer.from(counter.toString(16).padStart(32, '0'), 'hex');
  const body = Buffer.concat([header, createCipheriv('aes-128-ctr', keys.cipherKey, iv).update(payload)]);
  const rolloverCounter = Buffer.alloc(4);
  rolloverCounter.writeUInt32BE(Number(index >> 16n));
  const tag = createHmac('sha1', keys.authKey).update(body).update(rolloverCounter).digest().subarray(0, 10);
  return Uint8Array.from(Buffer.concat([body, tag]));
}

/** Protects a run and compares every byte that would be sent. */
function expectProtected(
  viewer: Viewer,
  { lengths, headerBytes, ssrc, rolloverCounter, firstSequence }: Packets,
): void {
  run.begin(source, headerBytes, viewer.cipher.tagBytes, ssrc);
  const expected = lengths.map((length, nth) => {
    expect(run.accepts(length)).toBe(true);
    const sequence = (firstSequence + nth) & HIGHEST_SEQUENCE;
    const rollover = (rolloverCounter + (sequence < firstSequence ? 1 : 0)) >>> 0;
    const from = (nth * 2003) % (source.bytes.length - length);
    const header = randomBytes(headerBytes);
    run.block.bytes.set(header, run.add(from, length, sequence, rollover));
    const index = (BigInt(rollover) << 16n) | BigInt(sequence);
    return judged(viewer, header, source.bytes.subarray(from, from + length), ssrc, index);
  });
  viewer.cipher.protect(run);
  expected.forEach((packet, nth) => {
    const at = run.packetAt[nth] as number;
    const sent = run.block.bytes.subarray(at, at + run.packetBytesAt(nth));
    if (Buffer.compare(sent, packet) !== 0)
      expect(Buffer.from(sent).toString('hex')).toBe(Buffer.from(packet).toString('hex'));
  });
}

describe('PortableCmCipher, judged by node:crypto', () => {
  it('protects payloads of every length', () => {
    const viewer = newViewer();
    for (let length = 0; length <= 1200; length++) expectProtected(viewer, { ...PLAIN, lengths: [length] });
  });

  it('protects runs of every length, however short the last packet is', () => {
    const viewer = newViewer();
    for (let count = 1; count <= MAX_RUN_PACKETS; count++)
      for (const last of [0, 1, 31, 32, 96, 899, 900])
        expectProtected(viewer, { ...PLAIN, lengths: [...Array<number>(count - 1).fill(900), last] });
    for (let last = 0; last <= 400; last++) expectProtected(viewer, { ...PLAIN, lengths: [400, 400, 400, last] });
  });

  it('protects the largest run', () => {
    const viewer = newViewer();
    run.begin(source, PLAIN.headerBytes, viewer.cipher.tagBytes, PLAIN.ssrc);
    while (run.accepts(1172)) run.add(0, 1172, 1, 0);
    const { count } = run;
    const room = MAX_RUN_BYTES - run.bytes - run.gapBytes - PLAIN.headerBytes - viewer.cipher.tagBytes;
    expect([count > 50, run.accepts(room), run.accepts(room + 1)]).toEqual([true, true, false]);
    expectProtected(viewer, { ...PLAIN, lengths: [...Array<number>(count).fill(1172), room] });
  });

  it('counts the blocks of a packet beyond 256', () => {
    expectProtected(newViewer(), { ...PLAIN, lengths: [30_000, 20_001] });
  });

  it.each([0, 1, 0x7fffffff, 0x80000000, 0xfffffffe])(
    'goes on after %i wraps of the sequence number',
    (rolloverCounter) => {
      expectProtected(newViewer(), {
        ...PLAIN,
        lengths: [500, 500, 500, 500, 70],
        rolloverCounter,
        firstSequence: 65_533,
      });
    },
  );

  it('protects the packets of many viewers in any order and changes no payload', () => {
    const viewers = Array.from({ length: 40 }, newViewer);
    const packets = fc.record({
      viewer: fc.nat(viewers.length - 1),
      full: fc.integer({ min: 1, max: 1200 }),
      count: fc.integer({ min: 1, max: 24 }),
      shorterBy: fc.nat(1200),
      headerBytes: fc.integer({ min: 3, max: 10 }).map((words) => words * 4),
      ssrc: fc.nat(0xffffffff),
      rolloverCounter: fc.nat(0xfffffffe),
      firstSequence: fc.nat(HIGHEST_SEQUENCE),
    });
    fc.assert(
      fc.property(fc.array(packets, { minLength: 1, maxLength: 12 }), (all) => {
        for (const { viewer, full, count, shorterBy, ...rest } of all) {
          const lengths = [...Array<number>(count - 1).fill(full), Math.max(0, full - shorterBy)];
          expectProtected(viewers[viewer] as Viewer, { ...rest, lengths });
        }
      }),
      { numRuns: 150 },
    );
    expect(Buffer.compare(source.bytes, clear)).toBe(0);
  });

  it('refuses a run that is not in the memory of the kernel', () => {
    const other = new PacketRun({ bytes: new Uint8Array(MAX_RUN_BYTES), address: 0 }, 0);
    expect(() => newViewer().cipher.protect(other)).toThrow('outside the kernel');
  });
});
