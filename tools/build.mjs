// Builds dist/: the server as one file (packages stay in node_modules) and the pages, once for every language.
import fs from 'node:fs';
import path from 'node:path';
import { build as bundle } from 'esbuild';
import { build as buildPages } from 'vite';
import { declareTypes } from './declare-types.mjs';
import { ROOT } from './setup.mjs';

const dist = path.join(ROOT, 'dist');
const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
const packages = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
fs.rmSync(dist, { recursive: true, force: true });
await bundle({
  entryPoints: { main: path.join(ROOT, 'server/main.ts'), api: path.join(ROOT, 'server/api.ts') },
  outdir: path.join(dist, 'server'),
  bundle: true,
  splitting: true,
  // Only zod is bundled, without its unused parts: as a package, with all its languages, it costs the running gateway 8 MB.
  external: packages.filter((name) => name !== 'zod'),
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  // Node keeps source maps in memory. For the lines of a stack trace they need not contain the sources.
  sourcemap: true,
  sourcesContent: false,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
});
for (const language of fs.readdirSync(path.join(ROOT, 'web/src/texts'))) {
  process.env.ORIEL_LANGUAGE = language;
  await buildPages({ root: path.join(ROOT, 'web'), configFile: path.join(ROOT, 'vite.config.ts'), logLevel: 'warn' });
}
declareTypes(path.join(dist, 'types'));
fs.writeFileSync(path.join(dist, '.built'), '');
