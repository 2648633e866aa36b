import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as oriel from './api.ts';
import { assetPath } from './platform/paths.ts';
import { loadVideoClip } from './simulators/clip.ts';
import { type RtspCamera, startRtspCamera } from './simulators/rtsp-camera.ts';

const EXAMPLES = [...readFileSync('docs/api.md', 'utf8').matchAll(/```js\n([\s\S]*?)```/g)].map(
  ([, code = '']) => code,
);
const folder = mkdtempSync(join(tmpdir(), 'oriel-api-page-'));
let camera: RtspCamera;

beforeAll(async () => {
  const clip = await loadVideoClip(assetPath('sub-360p.h264'));
  camera = await startRtspCamera({ paths: [{ path: '/stream1', clip, username: 'admin', password: 'secret' }] });
});
afterAll(async () => {
  await camera.close();
  rmSync(folder, { recursive: true });
});

type Example = (from: typeof oriel, console: { log(...words: unknown[]): void }) => Promise<void>;
const AsyncFunction = (async () => {}).constructor as new (...parts: string[]) => Example;

/** Runs an example as it stands, with a simulated camera at its address and its files in a folder of their own. */
async function lines(part: string): Promise<string> {
  const example = EXAMPLES.filter((code) => code.includes(part));
  expect(example).toHaveLength(1);
  const code = String(example[0])
    .replace(/^import (\{.*\}) from 'oriel';$/m, 'const $1 = oriel;')
    .replaceAll('192.168.1.100', `127.0.0.1:${camera.port}`)
    .replace(/'(clip\.mp4|oriel-data)'/, (_, name) => JSON.stringify(join(folder, name)));
  const said: string[] = [];
  await new AsyncFunction('oriel', 'console', code)(oriel, { log: (...words) => said.push(words.join(' ')) });
  return said.join('\n');
}

test.each([
  ['testConnection(', /^h264, 640 x 360, 15 a second/],
  ['await connection.close()', /^video: h264\na key frame in \d+ NAL units/],
  ['await record(', /^\d\d pictures, \d{4,} bytes$/],
  ['await serve(', /^http:\/\/127\.0\.0\.1:\d+ http:\/\/127\.0\.0\.1:\d+\/setup\/\S+ \d+$/],
  ['instanceof GatewayError', /^wrong-password$/],
])('the example of docs/api.md with %s does what it says', async (part, said) => {
  expect(await lines(part)).toMatch(said);
});

test('every example is run', () => {
  expect(EXAMPLES).toHaveLength(5);
});

test('a gateway is served from a config file by its name alone', async () => {
  const file = join(folder, 'oriel.json');
  const config = { http: { port: 0 }, webrtc: { port: 0 }, rtsp: { port: 0 }, log: { level: 'silent' } };
  writeFileSync(file, JSON.stringify(config));
  const gateway = await oriel.serve({ config: file, data: join(folder, 'from-file') });
  expect(gateway.ports.rtsp).toBeGreaterThan(0);
  await gateway.stop();
});

test('the types that the package brings let the examples through and refuse what is wrong', () => {
  const user = join(folder, 'user');
  const installed = join(user, 'node_modules', 'oriel');
  mkdirSync(installed, { recursive: true });
  cpSync('package.json', join(installed, 'package.json'));
  const declare = `import(process.argv[1]).then(({ declareTypes }) => declareTypes(process.argv[2]))`;
  const tool = resolve('tools/declare-types.mjs');
  execFileSync(process.execPath, ['-e', declare, tool, join(installed, 'dist', 'types')]);
  for (const name of ['zod', 'pino', '@types', 'undici-types'])
    symlinkSync(resolve('node_modules', name), join(user, 'node_modules', name));
  const wrong = "import { serve, testConnection } from 'oriel';\nvoid testConnection(8);\nvoid serve({ prot: 1 });\n";
  writeFileSync(join(user, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(user, 'wrong.mts'), wrong);
  EXAMPLES.forEach((code, at) => {
    // The page leaves out that a report without an error has a picture.
    writeFileSync(join(user, `example-${at}.mts`), code.replaceAll('report.video.', 'report.video?.'));
  });
  const files = ['wrong.mts', ...EXAMPLES.map((_, at) => `example-${at}.mts`)];
  const options = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext', '--types', 'node'];
  const compiler = resolve('node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [compiler, ...options, ...files], { cwd: user, encoding: 'utf8' });
  const complaints = stdout.split('\n').filter((line) => /error TS/.test(line));
  expect(complaints).toEqual([
    expect.stringMatching(/^wrong\.mts\(2,\d+\).*number/),
    expect.stringMatching(/^wrong\.mts\(3,\d+\).*prot/),
  ]);
}, 60_000);
