import { describe, expect, test } from 'vitest';
import { RtpClock } from './rtp-clock.ts';

const FRAME_US = 40_000;
const FRAME_TICKS = 3600;

type Options = {
  readonly frames: number;
  readonly stamp: (index: number) => number;
  readonly arrivalUs?: (index: number) => number;
  readonly mayStepBack?: boolean;
};

function times({ frames, stamp, arrivalUs = (index) => index * FRAME_US, mayStepBack = false }: Options): number[] {
  const clock = new RtpClock(90_000, 0);
  return Array.from({ length: frames }, (_, index) => clock.toUs(stamp(index) >>> 0, arrivalUs(index), mayStepBack));
}

const steps = (list: readonly number[]): number[] =>
  list.slice(1).map((value, index) => value - (list[index] as number));
const isSteady = (list: readonly number[]): void => expect(new Set(steps(list))).toEqual(new Set([FRAME_US]));

describe('RtpClock', () => {
  test('begins at the arrival of the first unit', () => {
    expect(new RtpClock(90_000, 5_000_000).toUs(123, 5_250_000, false)).toBe(250_000);
  });

  test('follows the stamps, not the arrivals', () => {
    isSteady(
      times({
        frames: 50,
        stamp: (index) => index * FRAME_TICKS,
        arrivalUs: (index) => index * FRAME_US + (index % 7) * 9000,
      }),
    );
  });

  test('times continue when the 32 bits wrap', () => {
    isSteady(times({ frames: 50, stamp: (index) => 0xffff_0000 + index * FRAME_TICKS }));
  });

  test('a stamp hours away is replaced by arrival (Intelbras)', () => {
    isSteady(
      times({ frames: 100, stamp: (index) => index * FRAME_TICKS + (index % 10 === 5 ? 5 * 3600 * 90_000 : 0) }),
    );
  });

  test('when stamps begin anew, times continue where they were (Tapo)', () => {
    isSteady(
      times({
        frames: 100,
        stamp: (index) => (index < 50 ? 3_000_000_000 + index * FRAME_TICKS : (index - 50) * FRAME_TICKS),
      }),
    );
  });

  test('a pause of the camera is a pause in time', () => {
    const stamp = (index: number): number => index * FRAME_TICKS + (index >= 10 ? 60 * 90_000 : 0);
    const list = times({ frames: 20, stamp, arrivalUs: (index) => index * FRAME_US + (index >= 10 ? 60_000_000 : 0) });
    expect(steps(list)[9]).toBe(60_000_000 + FRAME_US);
  });

  test('what arrives in a burst after a stall keeps its times', () => {
    const arrivalUs = (index: number): number => (index < 10 ? index * FRAME_US : 8_000_000 + index);
    isSteady(times({ frames: 50, stamp: (index) => index * FRAME_TICKS, arrivalUs }));
  });

  test('a cached group of pictures at the start does not count as a wrong rate', () => {
    const arrivalUs = (index: number): number => Math.max(0, (index - 250) * FRAME_US);
    isSteady(times({ frames: 1500, stamp: (index) => index * FRAME_TICKS, arrivalUs }));
  });

  test.each([
    ['all equal', () => 7],
    ['in milliseconds', (index: number) => index * 40],
    ['a fifth too fast', (index: number) => index * FRAME_TICKS * 1.2],
  ])('stamps that are %s give way to arrival', (_name, stamp) => {
    const list = times({ frames: 1500, stamp });
    const late = list.slice(-200);
    expect(Math.max(...steps(late))).toBeLessThan(FRAME_US * 1.2);
    expect(Math.min(...steps(late))).toBeGreaterThan(FRAME_US * 0.8);
  });

  test('small steps back are held, or passed on for B-frames', () => {
    const stamp = (index: number): number => index * FRAME_TICKS - (index % 3 === 2 ? 2 * FRAME_TICKS : 0);
    expect(Math.min(...steps(times({ frames: 30, stamp })))).toBe(0);
    expect(Math.min(...steps(times({ frames: 30, stamp, mayStepBack: true })))).toBe(-FRAME_US);
  });

  test('times never decrease, whatever the stamps', () => {
    const stamp = (index: number): number => Math.imul(index, 2_654_435_761);
    expect(Math.min(...steps(times({ frames: 500, stamp })))).toBeGreaterThanOrEqual(0);
  });
});
