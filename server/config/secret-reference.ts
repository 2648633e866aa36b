import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';

/** The sources of `${NAME}` and `file:PATH`. Tests have their own. */
export type SecretSources = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths start here: the folder of the config file. */
  readonly folder: string;
};

export type Resolved = { readonly value: string } | { readonly problem: string };

const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Replaces every `${NAME}`, or a whole `file:PATH`, by its value. `$${` means a plain `${`. */
export function resolveSecretReference(text: string, sources: SecretSources): Resolved {
  if (text.startsWith('file:')) {
    const path = text.slice('file:'.length);
    try {
      return { value: readFileSync(isAbsolute(path) ? path : resolve(sources.folder, path), 'utf8').trimEnd() };
    } catch {
      return { problem: `the file ${path} cannot be read; create it or correct the path` };
    }
  }
  let missing: string | undefined;
  const value = text.replace(REFERENCE, (_, name: string | undefined) => {
    if (name === undefined) return '${';
    const found = sources.env[name];
    if (found === undefined) missing ??= name;
    return found ?? '';
  });
  return missing === undefined
    ? { value }
    : { problem: `the environment has no ${missing}; set it, or write the value here` };
}
