// `npm start` sets up what is missing and runs the gateway with its demo cameras, or any `oriel` command given after `--`.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { build, installPackages, NODE_FLAGS, ROOT, requireNode } from './setup.mjs';
import { commandOf } from './start-command.mjs';

requireNode();
installPackages();
build();
const command = commandOf(process.argv.slice(2));
const child = spawn(process.execPath, [...NODE_FLAGS, path.join(ROOT, 'dist/server/main.js'), ...command], {
  stdio: 'inherit',
});
// The terminal sends Ctrl-C to both processes, and the child decides when to end.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
