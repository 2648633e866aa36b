import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as de from './texts/de.ts';
import * as en from './texts/en.ts';

/** A text that is missing in one of them is a type error here. */
const CATALOGUES: Readonly<Record<string, typeof en>> = { en, de };

test('every file of the folder is a language', () => {
  const languages = readdirSync(join(import.meta.dirname, 'texts')).map((file) => file.replace(/\.ts$/, ''));
  expect(languages.sort()).toEqual(Object.keys(CATALOGUES).sort());
});

/** Every sentence with where it stands; functions are called with words that can be found again. */
function sentences(value: unknown, at: string): [string, string][] {
  if (typeof value === 'string') return [[at, value]];
  if (typeof value === 'function') return [[at, String(value('7', '8', '9'))]];
  return Object.entries(value ?? {}).flatMap(([name, inner]) => sentences(inner, `${at}.${name}`));
}

describe.each(Object.entries(CATALOGUES))('the texts in %s', (_language, catalogue) => {
  const all = sentences(catalogue, '');

  test('say something everywhere, without exclamation', () => {
    expect(all.length).toBeGreaterThan(400);
    for (const [at, text] of all) expect(text, at).toMatch(/^[^!]*\S[^!]*$/);
  });

  test('use what they are told', () => {
    const told = (value: unknown, at: string): [string, string, number][] =>
      typeof value === 'function'
        ? [[at, String(value('7', '8', '9')), value.length]]
        : Object.entries(typeof value === 'object' ? (value ?? {}) : {}).flatMap(([name, inner]) =>
            told(inner, `${at}.${name}`),
          );
    for (const [at, text, count] of told(catalogue, '')) {
      for (const word of ['7', '8', '9'].slice(0, count)) expect(text, at).toContain(word);
    }
  });
});
