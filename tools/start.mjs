// `npm start`: set up whatever is missing, then run the gateway with its demo cameras, or any `oriel` command after `--`.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { build, installPackages, ROOT, requireNode } from './setup.mjs';

requireNode();
installPackages();
build();
const args = process.argv.slice(2);
const child = spawn(
  process.execPath,
  ['--enable-source-maps', path.join(ROOT, 'dist/server/main.js'), ...(args.length > 0 ? args : ['serve', '--demo'])],
  { stdio: 'inherit' },
);
// The terminal sends Ctrl-C to both; the child decides when the end has come.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
