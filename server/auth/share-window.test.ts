import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DailyWindow } from '../../shared/share-link.ts';
import { isTimeZone, windowState } from './share-window.ts';

function state(window: string, timeZone: string, now: string): string {
  const [from = '', to = ''] = window.split('-');
  const { open, untilMs } = windowState({ from, to, timeZone }, Date.parse(now));
  return `${open ? 'open' : 'closed'} until ${new Date(untilMs).toISOString()}`;
}

describe('a daily window', () => {
  test.each([
    ['before it opens', '08:00-18:00', 'UTC', '2026-05-01T07:59:59.999Z', 'closed until 2026-05-01T08:00:00.000Z'],
    ['as it opens', '08:00-18:00', 'UTC', '2026-05-01T08:00:00Z', 'open until 2026-05-01T18:00:00.000Z'],
    ['as it closes', '08:00-18:00', 'UTC', '2026-05-01T18:00:00Z', 'closed until 2026-05-02T08:00:00.000Z'],
    ['over midnight, late', '22:00-06:00', 'UTC', '2026-05-01T23:30:00Z', 'open until 2026-05-02T06:00:00.000Z'],
    ['over midnight, early', '22:00-06:00', 'UTC', '2026-05-02T05:00:00Z', 'open until 2026-05-02T06:00:00.000Z'],
    ['over midnight, at noon', '22:00-06:00', 'UTC', '2026-05-02T12:00:00Z', 'closed until 2026-05-02T22:00:00.000Z'],
    ['all day', '08:00-08:00', 'UTC', '2026-05-01T08:00:00Z', 'open until 2026-05-02T08:00:00.000Z'],
    ['in Tokyo', '08:00-18:00', 'Asia/Tokyo', '2026-05-01T00:00:00Z', 'open until 2026-05-01T09:00:00.000Z'],
    ['in Kathmandu', '08:00-18:00', 'Asia/Kathmandu', '2026-05-01T02:14:00Z', 'closed until 2026-05-01T02:15:00.000Z'],
    // Clocks in Zurich go from 02:00 to 03:00 on 29 March 2026 and back from 03:00 to 02:00 on 25 October 2026.
    [
      'a night that is an hour short',
      '22:00-06:00',
      'Europe/Zurich',
      '2026-03-28T22:00:00Z',
      'open until 2026-03-29T04:00:00.000Z',
    ],
    [
      'a night that is an hour long',
      '22:00-06:00',
      'Europe/Zurich',
      '2026-10-24T21:00:00Z',
      'open until 2026-10-25T05:00:00.000Z',
    ],
  ])('%s', (_name, window, timeZone, now, expected) => {
    expect(state(window, timeZone, now)).toBe(expected);
  });

  test('changes at the moment it says, and not before', () => {
    const time = fc.integer({ min: 0, max: 1439 }).map((minutes) => {
      return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
    });
    const zone = fc.constantFrom('UTC', 'Asia/Tokyo', 'America/St_Johns');
    // A month without a change of clocks, where a day has 24 hours.
    const now = fc.integer({ min: Date.parse('2026-06-01T00:00:00Z'), max: Date.parse('2026-06-30T00:00:00Z') });
    fc.assert(
      fc.property(time, time, zone, now, (from, to, timeZone, nowMs) => {
        fc.pre(from !== to);
        const window: DailyWindow = { from, to, timeZone };
        const { open, untilMs } = windowState(window, nowMs);
        expect(untilMs).toBeGreaterThan(nowMs);
        expect(untilMs - nowMs).toBeLessThanOrEqual(24 * 3600_000);
        expect(windowState(window, untilMs - 1).open).toBe(open);
        expect(windowState(window, untilMs).open).toBe(!open);
      }),
    );
  });
});

test.each([
  ['Europe/Zurich', true],
  ['UTC', true],
  ['Europe/Atlantis', false],
  ['', false],
])('%s as a time zone: %s', (name, expected) => {
  expect(isTimeZone(name)).toBe(expected);
});
