import { describe, expect, test } from 'vitest';
import type { CameraDetail } from '../../../shared/camera-api.ts';
import type { Description } from '../../../shared/setting.ts';
import { draftOf, patchFrom, patchOf, settingsDraft } from './camera-settings-draft.ts';

const detail: CameraDetail = {
  id: 'gate',
  name: 'Gate',
  group: 'Yard',
  enabled: true,
  kind: 'rtsp',
  hasSubstream: true,
  main: { phase: 'idle' },
  sub: { phase: 'idle' },
  facts: [],
  tracks: [],
  viewers: 0,
  addresses: { whep: '', hls: '', mp4: '' },
  settings: {
    name: 'Gate',
    group: 'Yard',
    enabled: true,
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
    ['a number for a number', { stallSeconds: '20' }, { stallSeconds: 20 }],
    ['a switch', { enabled: false }, { enabled: false }],
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

test('a group of settings has a field for each, and is changed setting by setting', () => {
  const description = {
    record: {
      group: {
        mode: { value: (z) => z.string(), default: 'off', form: { control: 'choice', place: 'more' }, example: 'off' },
        keep: { value: (z) => z.string(), form: { control: 'text', place: 'more' }, example: '7d' },
      },
    },
  } as const satisfies Description;
  const before = draftOf(description, { record: { mode: 'motion', keep: '7d' } });
  expect(before).toEqual({ 'record.mode': 'motion', 'record.keep': '7d' });
  expect(draftOf(description, {})).toEqual({ 'record.mode': 'off', 'record.keep': '' });
  expect(patchFrom(description, before, { ...before, 'record.keep': '' })).toEqual({ record: { keep: null } });
});
