// Writes the types of the package (dist/types): those that server/api.ts leads to, and no others.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fail, ROOT } from './setup.mjs';

/** The compiler's own settings of the project forbid it to write; these are what declarations need. */
const OPTIONS = [
  ...['--ignoreConfig', '--declaration', '--emitDeclarationOnly', '--noCheck', '--skipLibCheck', '--strict'],
  ...['--exactOptionalPropertyTypes', '--allowImportingTsExtensions'],
  ...['--target', 'es2023', '--module', 'nodenext', '--types', 'node', '--rootDir', '.'],
];

export function declareTypes(target) {
  const all = fs.mkdtempSync(path.join(os.tmpdir(), 'oriel-types-'));
  const compiler = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [compiler, 'server/api.ts', ...OPTIONS, '--outDir', all];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) fail(`The types of the package cannot be written:\n${stdout}`);
  copyReachable(all, target, 'server/api.ts', new Set());
  fs.rmSync(all, { recursive: true });
}

function copyReachable(all, target, file, copied) {
  if (copied.has(file)) return;
  copied.add(file);
  const declared = file.replace(/\.ts$/, '.d.ts');
  const text = fs.readFileSync(path.join(all, declared), 'utf8');
  const place = path.join(target, declared);
  fs.mkdirSync(path.dirname(place), { recursive: true });
  // Whoever uses the package finds app.d.ts by the name app.js; the sources name it app.ts.
  const link = /(from\s+|import\()(['"])(\.[^'"]*)\.ts\2/g;
  fs.writeFileSync(place, text.replaceAll(link, '$1$2$3.js$2'));
  for (const [, , , name] of text.matchAll(link)) {
    copyReachable(all, target, path.posix.normalize(path.posix.join(path.posix.dirname(file), `${name}.ts`)), copied);
  }
}
