import { expect, test } from 'vitest';
import type { CameraId } from '../../shared/ids.ts';
import { EndedViews } from './ended-views.ts';
import { testRight } from './testing/test-right.ts';

const DOOR = 'door' as CameraId;
const MINUTE_MS = 60_000;
const right = testRight('link');

test('a player that names no visit is recognised by its address, for five minutes and for this camera', () => {
  const views = new EndedViews();
  const guest = { right, address: '192.0.2.1' };
  views.end(guest, DOOR, 0);
  expect(views.refusal(guest, DOOR, 4 * MINUTE_MS)?.code).toBe('view-ended');
  expect(views.refusal(guest, DOOR, 5 * MINUTE_MS)).toBeUndefined();
  expect(views.refusal(guest, 'yard' as CameraId, 0)).toBeUndefined();
  expect(views.refusal({ right, address: '192.0.2.2' }, DOOR, 0)).toBeUndefined();
});

test('a visit cannot stand for another link, nor for an address', () => {
  const views = new EndedViews();
  views.end({ right, visit: '192.0.2.1' }, DOOR, 0);
  expect(views.refusal({ right, visit: '192.0.2.1', address: '192.0.2.9' }, DOOR, 0)).toBeDefined();
  expect(views.refusal({ right: testRight('link', '2'), visit: '192.0.2.1' }, DOOR, 0)).toBeUndefined();
  expect(views.refusal({ right, address: '192.0.2.1' }, DOOR, 0)).toBeUndefined();
});

test('the memory is limited, and the oldest view is forgotten first', () => {
  const views = new EndedViews();
  const visit = (n: number) => ({ right, visit: `visit-${n}` });
  for (let n = 0; n <= 1000; n++) views.end(visit(n), DOOR, 0);
  expect(views.refusal(visit(0), DOOR, 1)).toBeUndefined();
  expect(views.refusal(visit(1000), DOOR, 1)).toBeDefined();
});
