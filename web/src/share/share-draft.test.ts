import { describe, expect, test } from 'vitest';
import { newShareDraft, shareInputOf } from './share-draft.ts';

const nowMs = new Date(2026, 10, 21, 12, 0).getTime();
const input = (change: Partial<typeof newShareDraft>) =>
  shareInputOf('gate', { ...newShareDraft, ...change }, nowMs, 'Europe/Zurich');

describe('a link', () => {
  test('ends after a day unless said otherwise', () => {
    expect(input({})).toEqual({ camera: 'gate', audio: true, quality: 'main', expiresAt: nowMs + 86_400_000 });
  });

  test.each([
    ['never ends', { duration: 'never' as const }, undefined],
    ['ends in an hour', { duration: '1h' as const }, nowMs + 3_600_000],
    [
      'ends at a time of one’s own',
      { duration: 'until' as const, until: '2026-11-22T18:00' },
      new Date(2026, 10, 22, 18).getTime(),
    ],
  ])('%s', (_name, change, expiresAt) => {
    expect(input(change).expiresAt).toBe(expiresAt);
  });

  test('carries its hours with the time zone of whoever makes it', () => {
    expect(input({ hasWindow: true }).dailyWindow).toEqual({ from: '08:00', to: '18:00', timeZone: 'Europe/Zurich' });
  });

  test.each([
    ['3', 3],
    ['', undefined],
    ['0', undefined],
    ['many', undefined],
  ])('a limit of %j viewers is %j', (maxViewers, expected) => {
    expect(input({ maxViewers }).maxViewers).toBe(expected);
  });
});
