import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { parseDuration } from './duration.ts';
import type { Description, SettingsOf } from './setting.ts';
import { inputShape, patchShape, viewShape } from './setting-schemas.ts';
import { patched, reconnects, secretNames, viewOf } from './setting-values.ts';

const more = (control: 'text' | 'words' | 'choice' | 'password') => ({ control, place: 'more' }) as const;
const MODES = ['off', 'continuous', 'motion'] as const;

/** A description with groups, lists and durations, which later settings will need. */
const DESCRIPTION = {
  name: { value: (z) => z.string(), required: true, form: more('text'), example: 'Door' },
  password: { value: (z) => z.string(), secret: true, reconnects: true, form: more('password'), example: 'x' },
  labels: { value: (z) => z.array(z.string()), form: more('words'), example: '[person]' },
  record: {
    group: {
      mode: { value: (z) => z.enum(MODES), default: 'off', form: more('choice'), example: 'off' },
      keep: {
        value: (z) => z.string().refine((text) => parseDuration(text) !== undefined),
        reconnects: true,
        form: more('text'),
        example: '7d',
      },
    },
  },
} as const satisfies Description;

const input = z.strictObject(inputShape(DESCRIPTION));
const patch = z.strictObject(patchShape(DESCRIPTION));
const view = z.strictObject(viewShape(DESCRIPTION));

describe('derived from one description', () => {
  test('the input, with defaults also inside a group', () => {
    expect(input.parse({ name: 'a', record: { keep: '7d' } })).toEqual({
      name: 'a',
      record: { mode: 'off', keep: '7d' },
    });
    expect(input.parse({ name: 'a' })).toEqual({ name: 'a' });
  });

  test.each([
    {},
    { name: 'a', record: { keep: '7 days' } },
    { name: 'a', record: { kep: '7d' } },
    { name: 'a', labels: 'person' },
  ])('a refusal of %j', (value) => {
    expect(input.safeParse(value).success).toBe(false);
  });

  test('a patch can remove settings that can be absent, and no others', () => {
    expect(patch.safeParse({ record: { keep: null }, labels: null }).success).toBe(true);
    expect(patch.safeParse({ record: null }).success).toBe(true);
    expect(patch.safeParse({ name: null }).success).toBe(false);
    expect(patch.safeParse({ record: { mode: null } }).success).toBe(false);
  });

  test('the settings after a patch', () => {
    const before = { name: 'a', labels: ['car'], record: { mode: 'motion', keep: '7d' } };
    expect(patched(DESCRIPTION, before, { labels: null, record: { keep: '30d' } })).toEqual({
      name: 'a',
      record: { mode: 'motion', keep: '30d' },
    });
    expect(patched(DESCRIPTION, before, { record: { keep: null } })).toMatchObject({ record: { mode: 'motion' } });
    expect(patched(DESCRIPTION, before, { record: null })).not.toHaveProperty('record');
  });

  test('a view without secrets', () => {
    const settings: SettingsOf<typeof DESCRIPTION> = { name: 'a', password: 'secret', record: { mode: 'off' } };
    const shown = viewOf(DESCRIPTION, settings);
    expect(shown).toEqual({ name: 'a', hasPassword: true, record: { mode: 'off' } });
    expect(view.parse(shown)).toEqual(shown);
    expect(secretNames(DESCRIPTION)).toEqual(['password']);
  });

  test('which changes need a new connection', () => {
    const before = { name: 'a', labels: ['car'], record: { mode: 'off', keep: '7d' } };
    expect(reconnects(DESCRIPTION, before, { ...before, name: 'b', labels: [] })).toBe(false);
    expect(reconnects(DESCRIPTION, before, { ...before, password: 'x' })).toBe(true);
    expect(reconnects(DESCRIPTION, before, { ...before, record: { mode: 'off', keep: '8d' } })).toBe(true);
  });
});

test.each([
  ['10s', 10_000],
  ['5m', 300_000],
  ['12h', 43_200_000],
  ['7d', 604_800_000],
  ['7', undefined],
  ['-1d', undefined],
  ['1.5h', undefined],
])('the duration %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});
