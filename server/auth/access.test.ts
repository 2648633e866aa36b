import { describe, expect, test } from 'vitest';
import { ACTIONS, type Action } from '../../shared/actions.ts';
import type { CameraId } from '../../shared/ids.ts';
import { testRight } from '../hub/testing/test-right.ts';
import { GatewayError } from '../platform/errors.ts';
import { permittedActions, refusal } from './access.ts';
import type { Principal } from './principal.ts';

const DOOR = 'door' as CameraId;
const YARD = 'yard' as CameraId;

function principal(change: Partial<Principal>): Principal {
  const rights = { cameras: 'all', mayListen: true, qualityCeiling: 'main' } as const;
  return { kind: 'user', who: 'Ann', role: 'viewer', right: testRight(), ...rights, ...change };
}

const WATCHES: Action[] = ['list-cameras', 'view', 'snapshot'];
const OPERATES: Action[] = ['record', 'talk', 'control', 'share', 'edit-cameras', 'see-viewers', 'kick-viewers'];

test.each<[string, Partial<Principal>, readonly Action[]]>([
  ['an administrator', { role: 'admin' }, ACTIONS],
  ['an operator', { role: 'operator' }, [...WATCHES, ...OPERATES, 'see-metrics', 'own-account']],
  ['a viewer', { role: 'viewer' }, [...WATCHES, 'own-account']],
  ['a link', { kind: 'share', cameras: new Set([DOOR]) }, WATCHES],
  ['a link that claims to be an administrator', { kind: 'share', role: 'admin' }, WATCHES],
  ['a machine', { kind: 'token', role: 'viewer' }, WATCHES],
  ['an administrating machine', { kind: 'token', role: 'admin' }, ACTIONS.filter((action) => action !== 'own-account')],
  [
    'an administrator of one camera',
    { role: 'admin', cameras: new Set([DOOR]) },
    [...WATCHES, ...OPERATES, 'own-account'],
  ],
])('%s may do exactly this', (_name, change, expected) => {
  expect(permittedActions(principal(change)).sort()).toEqual([...expected].sort());
  for (const action of ACTIONS) {
    expect([action, refusal(principal(change), action, DOOR) === undefined]).toEqual([
      action,
      expected.includes(action),
    ]);
  }
});

const over = testRight('link', '1', 1000);
const ended = testRight('link');
ended.end(new GatewayError('share-revoked', 'This link was taken back.'));

describe('refused is', () => {
  test.each<[string, Principal | undefined, Action, CameraId | undefined, string]>([
    ['nobody', undefined, 'list-cameras', undefined, 'not-signed-in'],
    ['another camera', principal({ cameras: new Set([YARD]) }), 'view', DOOR, 'not-allowed'],
    ['no camera at all', principal({ cameras: new Set() }), 'view', DOOR, 'not-allowed'],
    ['a right whose time is over', principal({ right: over }), 'view', DOOR, 'share-expired'],
    ['a right that was taken back', principal({ right: ended }), 'view', DOOR, 'share-revoked'],
    [
      'adding a camera with a right to some',
      principal({ role: 'admin', cameras: new Set([DOOR]) }),
      'edit-cameras',
      undefined,
      'not-allowed',
    ],
  ])('%s', (_name, caller, action, camera, code) => {
    expect(refusal(caller, action, camera)?.code).toBe(code);
  });

  test('nothing within rights and time', () => {
    expect(
      refusal(
        principal({ cameras: new Set([DOOR]), right: testRight('link', '1', Date.now() + 60_000) }),
        'view',
        DOOR,
      ),
    ).toBeUndefined();
  });
});
