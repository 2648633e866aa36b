import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import { serializeTouFrame, type TouFrame, TouReader } from './tou-frame.ts';

type KnownFrame = Exclude<TouFrame, { type: 'unknown' }>;

const realm = fc.integer({ min: 0, max: 0xffffffff });
const bytes4 = fc.uint8Array({ minLength: 4, maxLength: 4 });
const anyFrame: fc.Arbitrary<KnownFrame> = fc.oneof(
  fc.record({ type: fc.constant('data' as const), realm, bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }) }),
  fc.record({ type: fc.constant('bind' as const), realm, port: fc.integer({ min: 1, max: 65535 }) }),
  fc.record({ type: fc.constantFrom('connected' as const, 'disconnected' as const), realm }),
  fc.record({ type: fc.constantFrom('heartbeat' as const, 'ask-sign' as const, 'confirm' as const) }),
  fc.record({ type: fc.constantFrom('present-sign' as const, 'sign' as const), sign: bytes4 }),
  fc.record({ type: fc.constant('accept' as const), value: bytes4 }),
);

test('frames do not depend on how the stream was cut', () => {
  fc.assert(
    fc.property(fc.array(anyFrame, { maxLength: 12 }), fc.integer({ min: 1, max: 400 }), (frames, step) => {
      const wire = Buffer.concat(frames.map(serializeTouFrame));
      const reader = new TouReader();
      const seen: TouFrame[] = [];
      for (let at = 0; at < wire.length; at += step) seen.push(...reader.push(wire.subarray(at, at + step)));
      expect(facts(seen)).toEqual(facts(frames));
    }),
  );
});

describe('what real devices do', () => {
  test('zeros after CONN and DISC are padding', () => {
    const wire = Buffer.concat([serializeTouFrame({ type: 'disconnected', realm: 7 }), Buffer.alloc(3)]);
    expect(new TouReader().push(wire)).toEqual([{ type: 'disconnected', realm: 7 }]);
  });

  test.each([
    ['0x0A, seen on relays', 0x0a],
    ['0x00, the refusal of a sign', 0x00],
  ])('%s takes its whole segment', (_name, code) => {
    const reader = new TouReader();
    expect(reader.push(Uint8Array.of(code, 1, 2, 3))).toEqual([{ type: 'unknown', code }]);
    expect(reader.push(serializeTouFrame({ type: 'heartbeat' }))).toEqual([{ type: 'heartbeat' }]);
  });

  test('a sign longer than four bytes fills its segment', () => {
    const sign = Uint8Array.of(1, 2, 3, 4, 5, 6);
    expect(new TouReader().push(serializeTouFrame({ type: 'sign', sign }))).toEqual([{ type: 'sign', sign }]);
  });

  test('a heartbeat may follow the sign in one segment', () => {
    const sign = Uint8Array.of(1, 2, 3, 4);
    const wire = Buffer.concat([serializeTouFrame({ type: 'sign', sign }), serializeTouFrame({ type: 'heartbeat' })]);
    expect(new TouReader().push(wire)).toEqual([{ type: 'sign', sign }, { type: 'heartbeat' }]);
  });
});

test('random bytes are read or refused with a GatewayError', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), (segments) => {
      const reader = new TouReader();
      try {
        for (const segment of segments) reader.push(segment);
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError);
      }
    }),
  );
});

/** Joins consecutive data of the same realm and keeps all other frames as they are. */
function facts(frames: readonly TouFrame[]): string[] {
  const out: string[] = [];
  for (const frame of frames) {
    if (frame.type !== 'data') {
      out.push(JSON.stringify(frame, (_key, value) => (value instanceof Uint8Array ? [...value] : value)));
      continue;
    }
    const hex = Buffer.from(frame.bytes).toString('hex');
    const last = out.at(-1);
    if (last?.startsWith(`data ${frame.realm} `)) out[out.length - 1] = last + hex;
    else out.push(`data ${frame.realm} ${hex}`);
  }
  return out;
}
