import { beforeEach, expect, test } from 'vitest';
import type { CameraId } from '../../shared/ids.ts';
import type { Viewer } from '../hub/viewer.ts';
import { GatewayError } from '../platform/errors.ts';
import { TestClock } from '../platform/testing/test-clock.ts';
import { AccessAudit } from './access-audit.ts';

const DOOR = 'door' as CameraId;
const VIEWER = { who: 'Ada', camera: DOOR, kind: 'webrtc', quality: 'main', address: '192.0.2.1' } as Viewer;
let clock: TestClock;
let entries: unknown[];

beforeEach(() => {
  clock = new TestClock();
  entries = [];
});

function audit(views: boolean, refusals: boolean): AccessAudit {
  return new AccessAudit({ add: (record) => void entries.push(record) }, clock, { views, refusals });
}

function refuse(log: AccessAudit, address: string, who?: string): void {
  const error = new GatewayError('not-allowed', 'No.');
  log.refused({ principal: who === undefined ? undefined : { who }, action: 'view', camera: DOOR, address, error });
}

test('writes nothing that the configuration does not ask for', () => {
  audit(false, true).viewed(VIEWER);
  refuse(audit(true, false), '192.0.2.1');
  expect(entries).toEqual([]);
});

test('says who looked at which camera, once a minute for a page that comes and goes', async () => {
  const log = audit(true, false);
  for (let n = 0; n < 5; n++) log.viewed(VIEWER);
  await clock.advance(60_000);
  log.viewed(VIEWER);
  const said = { who: 'Ada', event: 'camera-viewed', subject: 'door', detail: 'webrtc main', address: '192.0.2.1' };
  expect(entries).toEqual([said, said]);
});

test('says who was refused what; no crowd of refusals washes the log out', () => {
  const log = audit(false, true);
  refuse(log, '192.0.2.1', 'Ada');
  expect(entries).toEqual([
    { who: 'Ada', event: 'access-refused', subject: 'door', detail: 'view: not-allowed', address: '192.0.2.1' },
  ]);
  for (let n = 0; n < 1000; n++) refuse(log, `198.51.${n >> 8}.${n & 255}`);
  expect(entries).toHaveLength(100);
});
