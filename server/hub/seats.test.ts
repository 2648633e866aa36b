import { expect, test } from 'vitest';
import type { CameraId } from '../../shared/ids.ts';
import { requireSeat } from './seats.ts';
import { testRight } from './testing/test-right.ts';

const right = testRight('link');
const sits = (camera: string, visit?: string) =>
  ({ camera: camera as CameraId, right, ...(visit === undefined ? {} : { visit }) }) as const;

test.each([
  ['one player that changes its way', [sits('door', 'a')], sits('door', 'a'), true],
  ['one visit that opens more and more', [sits('door', 'a'), sits('door', 'a')], sits('door', 'a'), false],
  ['another visit', [sits('door', 'a')], sits('door', 'b'), false],
  ['another camera on the same visit', [sits('door', 'a')], sits('yard', 'a'), false],
  ['players that name no visit', [sits('door')], sits('door'), false],
  ['the first', [], sits('door'), true],
])('with one seat: %s', (_name, sitting, newcomer, isSeated) => {
  const ask = () => requireSeat(sitting, newcomer, 1);
  if (isSeated) ask();
  else expect(ask).toThrow('1 of 1 viewers are watching.');
});
