import { expect, test } from 'vitest';
import type { CameraId } from '../../shared/ids.ts';
import { EndedViews, withVisit } from './ended-views.ts';
import type { Principal } from './principal.ts';

const GUEST: Principal = {
  kind: 'share',
  who: 'Neighbour',
  role: 'viewer',
  grants: ['share:1'],
  cameras: new Set(['door' as CameraId]),
  mayListen: true,
  qualityCeiling: 'main',
};
const DOOR = 'door' as CameraId;
const MINUTE_MS = 60_000;

test('a player that names no visit is known by its address, for five minutes and for this camera', () => {
  const views = new EndedViews();
  const guest = withVisit(GUEST, undefined, '192.0.2.1');
  views.end(guest.grants, DOOR, 0);
  expect(views.refusal(guest, DOOR, 4 * MINUTE_MS)?.code).toBe('view-ended');
  expect(views.refusal(guest, DOOR, 5 * MINUTE_MS)).toBeUndefined();
  expect(views.refusal(guest, 'yard' as CameraId, 0)).toBeUndefined();
  expect(views.refusal(withVisit(GUEST, '', '192.0.2.2'), DOOR, 0)).toBeUndefined();
});

test('the right stays the first grant, and a visit cannot stand for another link', () => {
  const views = new EndedViews();
  const guest = withVisit(GUEST, 'x'.repeat(500), undefined);
  expect(guest.grants).toEqual(['share:1', `visit:${'x'.repeat(64)}`]);
  views.end(guest.grants, DOOR, 0);
  expect(views.refusal({ ...guest, grants: ['share:2', `visit:${'x'.repeat(64)}`] }, DOOR, 0)).toBeUndefined();
});

test('what is remembered is bounded; the oldest is forgotten first', () => {
  const views = new EndedViews();
  const visit = (n: number) => withVisit(GUEST, `visit-${n}`, undefined);
  for (let n = 0; n <= 1000; n++) views.end(visit(n).grants, DOOR, 0);
  expect(views.refusal(visit(0), DOOR, 1)).toBeUndefined();
  expect(views.refusal(visit(1000), DOOR, 1)).toBeDefined();
});
