import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const TEXTS = join(import.meta.dirname, 'texts');
const languages = readdirSync(TEXTS);

/** Every text of a language with where it stands: `grid.gridTexts.search`. */
async function textsOf(language: string): Promise<[string, unknown][]> {
  const files = readdirSync(join(TEXTS, language));
  const all = await Promise.all(
    files.map(async (file) => leaves(await import(join(TEXTS, language, file)), file.replace(/\.ts$/, ''))),
  );
  return all.flat();
}

function leaves(value: unknown, at: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[at, value]];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, `${at}.${name}`));
}

/** What may be there in one language alone: the gateway gives its advice in English, so only other languages repeat it. */
const OWN = /^report-card\.reportCardTexts\.advice\./;

describe.each(languages)('the texts in %s', (language) => {
  test('are the same as in English, in number and in name', async () => {
    const keys = async (of: string) => (await textsOf(of)).map(([at]) => at).filter((at) => !OWN.test(at));
    expect((await keys(language)).sort()).toEqual((await keys('en')).sort());
  });

  test('say something everywhere, without exclamation', async () => {
    const all = await textsOf(language);
    expect(all.length).toBeGreaterThan(400);
    for (const [at, text] of all) {
      if (typeof text === 'boolean') continue;
      expect(typeof text === 'function' ? text('7', '8', '9') : text, at).toMatch(/^[^!]*\S[^!]*$/);
    }
  });

  test('use what they are told', async () => {
    for (const [at, text] of await textsOf(language)) {
      if (typeof text !== 'function') continue;
      for (const word of ['7', '8', '9'].slice(0, text.length)) expect(text('7', '8', '9'), at).toContain(word);
    }
  });
});
