// `npm run bench [NAME …]` runs bench/*.bench.ts one after the other and keeps what they print. Every line that is a JSON
// object {"name", "value", "unit", "limit"?, "atLeast"?, "note"?} is a row. `limit` and `atLeast` bound its value.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { build, fail, installPackages, ROOT, requireNode } from './setup.mjs';

requireNode();
installPackages();
build();

const folder = path.join(ROOT, 'bench');
const asked = process.argv.slice(2);
const all = fs
  .readdirSync(folder)
  .filter((name) => name.endsWith('.bench.ts'))
  .map((name) => name.replace('.bench.ts', ''));
const unknown = asked.find((name) => !all.includes(name));
if (unknown) fail(`There is no benchmark ${unknown}; there are ${all.join(', ')}.`);

const rows = [];
for (const name of asked.length > 0 ? asked : all) {
  process.stdout.write(`\n== ${name}\n`);
  const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', path.join(folder, `${name}.bench.ts`)], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of readline.createInterface({ input: child.stdout })) {
    const row = parseRow(line);
    if (row) rows.push({ bench: name, ...row });
    process.stdout.write(row ? `${formatRow(row)}\n` : `${line}\n`);
  }
  const code = child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve)));
  if (code !== 0) rows.push({ bench: name, name: `${name} failed with exit code ${code}`, value: null, unit: '' });
}
write();

function parseRow(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    const row = JSON.parse(line);
    return typeof row.name === 'string' && 'value' in row ? row : undefined;
  } catch {
    return undefined;
  }
}

function verdict({ value, limit, atLeast }) {
  if (limit === undefined && atLeast === undefined) return '';
  const met =
    typeof value === 'number' && (limit === undefined || value <= limit) && (atLeast === undefined || value >= atLeast);
  return met ? 'met' : 'MISSED';
}

function goal({ limit, atLeast }) {
  if (limit !== undefined) return `at most ${limit}`;
  return atLeast !== undefined ? `at least ${atLeast}` : '';
}

function formatRow(row) {
  return `${row.name.padEnd(64)} ${String(row.value).padStart(10)} ${row.unit.padEnd(8)} ${goal(row)} ${verdict(row)}`.trimEnd();
}

function write() {
  const results = path.join(folder, 'results');
  fs.mkdirSync(results, { recursive: true });
  const file = path.join(results, 'latest.json');
  const before = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).rows : [];
  const ran = new Set(rows.map((row) => row.bench));
  const merged = [...before.filter((row) => !ran.has(row.bench) && all.includes(row.bench)), ...rows];
  const { stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' });
  const machine = `${os.cpus().length} x ${os.cpus()[0]?.model.trim()}, Node ${process.versions.node}`;
  const commit = stdout.trim();
  fs.writeFileSync(
    file,
    `${JSON.stringify({ date: new Date().toISOString().slice(0, 10), commit, machine, rows: merged }, null, 2)}\n`,
  );
  const table = merged.map(
    (row) =>
      `| ${row.bench} | ${row.name} | ${row.value} ${row.unit} | ${goal(row)} | ${verdict(row)} | ${row.note ?? ''} |`,
  );
  fs.writeFileSync(
    path.join(results, 'latest.md'),
    `Measured at ${commit} on ${machine}. Rows of benchmarks that were not run again are kept.\n\n| benchmark | row | measured | asked | | note |\n| --- | --- | --- | --- | --- | --- |\n${table.join('\n')}\n`,
  );
  const missed = rows.filter((row) => verdict(row) === 'MISSED' || row.value === null);
  process.stdout.write(`\n${rows.length} rows, ${missed.length} missed; kept in bench/results/latest.md\n`);
  process.exitCode = missed.length > 0 ? 1 : 0;
}
