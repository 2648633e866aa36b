import { readFileSync, statSync } from 'node:fs';

const READABLE_BY_OTHERS = 0o004;
/** What stands there itself, rather than `${NAME}` or `file:PATH`, which say where it is. */
const SECRET = /\b(?:password|token|turnSecret|credential)["']?\s*:\s*["']?(?!\$\{|file:)[^\s"',}\]]/i;
const ACCOUNT_IN_ADDRESS = /:\/\/[^\s/"'@:]+:(?!\$\{)[^\s/"'@]+@/;

/** A sentence about a config file with secrets in it that everybody on this machine can read. */
export function complainOfOpenFile(path: string): string | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    if ((statSync(path).mode & READABLE_BY_OTHERS) === 0) return undefined;
    const text = readFileSync(path, 'utf8').replace(/^\s*#.*$/gm, '');
    if (!SECRET.test(text) && !ACCOUNT_IN_ADDRESS.test(text)) return undefined;
  } catch {
    return undefined; // whoever reads it for its settings says so
  }
  return `${path} holds passwords or tokens, and everybody on this machine can read it. Run: chmod 600 ${path}`;
}
