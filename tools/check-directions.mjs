// Which room may import which: the corridor of docs/architecture.md as a table. The lint step runs this. It fails on an import
// that the table does not name, on a room that the table does not know, and on a row whose room is gone. Tests and rigs
// (testing/) may import anything.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A pure room turns bytes into values. It owns no socket, file, timer or log. */
const PURE = { packages: [], node: ['node:crypto', 'node:stream', 'node:worker_threads'] };
const OUTPUT = ['server/platform', 'server/hub', 'server/media', 'server/protocols', 'shared'];
const SOURCE = ['server/platform', 'server/hub', 'server/media', 'server/protocols', 'server/sources', 'shared'];
const BROWSER = { packages: ['preact', '@preact/signals'], node: [] };
/** Every room of the dashboard's pages builds on these. */
const PAGE = ['web/dashboard', 'web/gateway', 'web/page', 'web/ui', 'web/texts', 'shared'];

/** `may` lists the rooms besides its own. `packages` and `node` list the only allowed ones; without them any is allowed. */
const ROOMS = {
  shared: { may: [], packages: ['zod'], node: [] },
  'server/platform': { may: ['shared'] },
  'server/media': { may: ['server/protocols', 'server/platform/errors.ts', 'shared'], ...PURE },
  'server/protocols': { may: ['server/media', 'server/platform/errors.ts', 'shared'], ...PURE },
  'server/hub': { may: ['server/media', 'server/platform', 'shared'] },
  'server/sources': { may: ['server/hub', 'server/platform', 'shared', 'server/sources/*'] },
  'server/sources/clip': { may: SOURCE },
  'server/sources/dahua': { may: [...SOURCE, 'server/sources/rtsp'] },
  'server/sources/kasa': { may: SOURCE },
  'server/sources/rtsp': { may: SOURCE },
  'server/sources/tunnel': { may: [...SOURCE, 'server/sources/rtsp'] },
  'server/outputs/fmp4': { may: OUTPUT },
  'server/outputs/hls': { may: [...OUTPUT, 'server/outputs/fmp4'] },
  'server/outputs/record': { may: OUTPUT },
  'server/outputs/rtsp': { may: [...OUTPUT, 'server/auth'] },
  'server/outputs/still': { may: OUTPUT },
  'server/outputs/transcode': { may: OUTPUT },
  'server/outputs/webrtc': { may: [...OUTPUT, 'server/auth', 'server/outputs/transcode'] },
  'server/config': { may: ['server/platform', 'shared'] },
  'server/store': { may: ['server/platform', 'server/hub/source.ts', 'server/hub/viewer.ts', 'shared'] },
  'server/auth': {
    may: [
      ...['server/platform', 'server/store', 'server/hub/right.ts', 'server/hub/source.ts', 'server/hub/viewer.ts'],
      'shared',
    ],
  },
  'server/probe': { may: ['server/hub', 'server/media', 'server/platform', 'shared'] },
  'server/discovery': { may: ['server/protocols', 'server/platform', 'shared'] },
  'server/http': {
    may: [
      ...['server/auth', 'server/config', 'server/hub', 'server/media', 'server/outputs/*', 'server/platform'],
      ...['server/store', 'shared'],
    ],
  },
  'server/simulators': { may: ['server/media', 'server/protocols', 'server/platform', 'shared'] },
  'server/commands': { may: ['server/*', 'shared'] },
  'server/app': { may: ['server/*', 'shared'] },
  'web/texts': { may: ['shared'], packages: [], node: [] },
  'web/gateway': {
    may: ['web/texts', 'shared'],
    packages: ['@preact/signals-core', 'socket.io-client'],
    node: [],
  },
  'web/player': { may: ['web/gateway', 'web/texts', 'shared'], packages: ['hls.js'], node: [] },
  'web/embed': { may: ['web/gateway', 'web/player', 'web/texts', 'shared'], packages: [], node: [] },
  'web/page': { may: ['web/texts', 'shared'], ...BROWSER },
  'web/ui': { may: ['web/page', 'web/texts', 'shared'], ...BROWSER },
  'web/dashboard': {
    may: ['web/gateway', 'web/page', 'web/player', 'web/texts', 'shared'],
    packages: ['@preact/signals', 'socket.io-client'],
  },
  'web/tile': { may: [...PAGE, 'web/player'], ...BROWSER },
  'web/grid': { may: [...PAGE, 'web/player', 'web/tile'], ...BROWSER },
  'web/cameras': { may: [...PAGE, 'web/player', 'web/tile'], ...BROWSER },
  'web/account': { may: PAGE, ...BROWSER },
  'web/share': { may: PAGE, packages: [...BROWSER.packages, 'uqr'], node: [] },
  'web/app': { may: ['web/*', 'shared'], ...BROWSER },
};

/** The room of a file: the longest matching row of the table. Single files at the top of server/ are the composition root. */
function roomOf(file) {
  const place = file.replace(/^web\/src\//, 'web/');
  const parts = path.dirname(place).split('/');
  if (place.startsWith('server/') && parts.length === 1) return 'server/app';
  const depth = /^server\/(outputs|sources)\/[^/]+\//.test(place) ? 3 : parts[0] === 'shared' ? 1 : 2;
  return parts.slice(0, depth).join('/');
}

function allows(rule, room, file) {
  return rule.may.some(
    (entry) =>
      entry === room ||
      entry === file ||
      (entry.endsWith('/*') && (room.startsWith(entry.slice(0, -1)) || room === entry)),
  );
}

function complaintsAbout(file) {
  const room = roomOf(file);
  const rule = ROOMS[room];
  if (!rule) return [`${file}: the room ${room} has no row in tools/check-directions.mjs.`];
  const complaints = [];
  const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
  for (const [, fixed, late] of text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+'([^']+)'|import\('([^']+)'\)/g,
  )) {
    const name = fixed ?? late;
    if (name.startsWith('.')) {
      const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), name)).split('?')[0];
      const other = roomOf(target);
      if (other !== room && !allows(rule, other, target))
        complaints.push(`${file} imports ${target}: ${room} may not.`);
    } else if (name.startsWith('node:')) {
      if (rule.node && !rule.node.includes(name)) complaints.push(`${file} imports ${name}: ${room} may not.`);
    } else if (rule.packages && !rule.packages.some((known) => name === known || name.startsWith(`${known}/`))) {
      complaints.push(`${file} imports ${name}: ${room} may not.`);
    }
  }
  return complaints;
}

function sourceFiles(folder) {
  const found = [];
  for (const entry of fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true })) {
    const place = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (entry.name !== 'testing') found.push(...sourceFiles(place));
    } else if (/\.tsx?$/.test(entry.name) && !/\.(test|d)\.tsx?$/.test(entry.name)) found.push(place);
  }
  return found;
}

const files = ['shared', 'server', 'web/src'].flatMap(sourceFiles);
const present = new Set(files.map(roomOf));
const complaints = [
  ...files.flatMap(complaintsAbout),
  ...Object.keys(ROOMS)
    .filter((room) => !present.has(room))
    .map((room) => `tools/check-directions.mjs: there is no room ${room}.`),
];
for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
if (complaints.length > 0) process.exit(1);
process.stdout.write(`${files.length} files in ${present.size} rooms import only what they may.\n`);
