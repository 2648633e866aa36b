import { describe, expect, test } from 'vitest';
import type { CameraDetail } from '../../../shared/camera-api.ts';
import { patchOf, settingsDraft } from './camera-settings-draft.ts';

const detail: CameraDetail = {
  id: 'gate',
  name: 'Gate',
  group: 'Yard',
  enabled: true,
  kind: 'rtsp',
  hasSubstream: true,
  main: { phase: 'idle' },
  sub: { phase: 'idle' },
  tracks: [],
  viewers: 0,
  addresses: { whep: '', hls: '', mp4: '' },
  settings: {
    url: 'rtsp://10.0.0.5/stream1',
    username: 'admin',
    hasPassword: true,
    substream: 'rtsp://10.0.0.5/stream2',
    whenOffline: 'hold',
    transport: 'auto',
    definedIn: 'dashboard',
  },
};
const draft = settingsDraft(detail);

describe('saving sends', () => {
  test.each([
    ['nothing when nothing changed', {}, {}],
    ['what changed', { name: 'North gate', transport: 'tcp' as const }, { name: 'North gate', transport: 'tcp' }],
    ['null for what was emptied', { substream: ' ', group: '' }, { substream: null, group: null }],
    ['a password only when one was typed', { password: 'secret' }, { password: 'secret' }],
    [
      'origins as a list',
      { embedOrigins: 'https://a.example, https://b.example' },
      { embedOrigins: ['https://a.example', 'https://b.example'] },
    ],
  ])('%s', (_name, change, expected) => {
    expect(patchOf(detail, { ...draft, ...change })).toEqual(expected);
  });
});

test('the stored password never reaches the form', () => {
  expect(draft.password).toBe('');
});
