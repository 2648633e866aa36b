// `npm install` leaves optional packages out of the lock file when the registry at hand lacks them (Biome's binaries for
// other systems), and `npm ci` then refuses the lock file. Run this after every `npm install`: it writes the missing entries.
import fs from 'node:fs';

const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(fs.readFileSync(path, 'utf8'));
let added = 0;
for (const [parentKey, parent] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (lock.packages[key] || lock.packages[`${parentKey}/${key}`]) continue;
    const [, os, cpu, libc] =
      name.match(/-(android|darwin|linux|win32|freebsd|openbsd)-([a-z0-9]+)(?:-(musl|gnu))?$/) ?? [];
    if (!os) continue;
    const isLinux = os === 'linux';
    lock.packages[key] = {
      version,
      cpu: [cpu],
      ...(parent.dev ? { dev: true } : {}),
      ...(isLinux ? { libc: [libc === 'musl' ? 'musl' : 'glibc'] } : {}),
      license: parent.license,
      optional: true,
      os: [os],
    };
    added++;
  }
}
const { '': root, ...rest } = lock.packages;
lock.packages = { '': root, ...Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))) };
fs.writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added} entries added`);
