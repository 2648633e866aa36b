import { expect, test } from 'vitest';
import type { CameraId } from '../../shared/ids.ts';
import { requireSeat } from './seats.ts';

const sits = (camera: string, ...grants: string[]) =>
  ({ kind: 'webrtc', camera: camera as CameraId, grants: ['share:1', ...grants] }) as const;

test.each([
  ['one player that changes its way', [sits('door', 'visit:a')], sits('door', 'visit:a'), true],
  [
    'one visit that opens more and more',
    [sits('door', 'visit:a'), sits('door', 'visit:a')],
    sits('door', 'visit:a'),
    false,
  ],
  ['another visit', [sits('door', 'visit:a')], sits('door', 'visit:b'), false],
  ['another camera on the same visit', [sits('door', 'visit:a')], sits('yard', 'visit:a'), false],
  ['players that name no visit', [sits('door')], sits('door'), false],
  ['the first', [], sits('door'), true],
])('with one seat: %s', (_name, sitting, newcomer, isSeated) => {
  const ask = () => requireSeat(sitting, newcomer, 1);
  if (isSeated) ask();
  else expect(ask).toThrow('1 of 1 viewers are watching.');
});
