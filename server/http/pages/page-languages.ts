import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Request } from 'express';

const DEFAULT_LANGUAGE = 'en';

export type PageLanguages = {
  /** Folders of the built web, one for each language. */
  readonly folders: readonly string[];
  /** The folder of the language that this browser's person reads best. */
  folderFor(request: Request): string;
};

/** The web is built once for each language: no browser loads words that nobody there reads. */
export function findLanguages(webRoot: string): PageLanguages {
  const built = existsSync(webRoot) ? readdirSync(webRoot) : [];
  const languages = [DEFAULT_LANGUAGE, ...built.filter((name) => name !== DEFAULT_LANGUAGE)];
  return {
    folders: languages.map((language) => join(webRoot, language)),
    folderFor: (request) => join(webRoot, request.acceptsLanguages(languages) || DEFAULT_LANGUAGE),
  };
}
