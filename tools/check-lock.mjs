// Checks that the lock file installs anywhere: it names no address of a registry and has every optional platform package.
import fs from 'node:fs';
import path from 'node:path';
import { fail, ROOT } from './setup.mjs';

const lock = JSON.parse(fs.readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
for (const [key, entry] of Object.entries(lock.packages)) {
  if (entry.resolved)
    fail(`package-lock.json: ${key} carries an address; install with omit-lockfile-registry-resolved.`);
  if (entry.hasInstallScript && !entry.optional && !entry.dev)
    fail(`package-lock.json: ${key} needs an install script.`);
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    const found = lock.packages[`node_modules/${name}`] ?? lock.packages[`${key}/node_modules/${name}`];
    if (!found) fail(`package-lock.json: ${name} (optional, of ${key}) is missing; run node tools/complete-lock.mjs.`);
  }
}
for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
  if (!/^\d/.test(version)) fail(`package.json: ${name} is not pinned to one version.`);
}
