import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OrielProcess, startOriel } from '../testing/oriel-process.ts';

const READY = /Oriel is ready at (\S+)/;

let folder: string;
let data: string;
let config: string;
let running: OrielProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oriel-serve-'));
  data = join(folder, 'data');
  config = join(folder, 'oriel.yaml');
  writeFileSync(config, 'http: { port: 0 }\nwebrtc: { port: 0 }\nrtsp: { port: 0 }\n');
  running = [];
});
afterEach(async () => {
  for (const one of running) await one.kill();
  rmSync(folder, { recursive: true, force: true });
});

const serve = (...more: string[]): OrielProcess => {
  const one = startOriel(['serve', '--config', config, '--data', data, ...more]);
  running.push(one);
  return one;
};
/** What it prints besides its log: one sentence, and no stack trace. */
const sentence = (text: string): string => {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
  expect(lines).toHaveLength(1);
  return String(lines[0]);
};

test('a second gateway on the same data is refused until the first one is gone, even if that was killed', async () => {
  const first = serve();
  await first.said(READY);
  const second = serve();
  expect((await second.ended).code).toBe(1);
  expect(sentence(second.text())).toContain(`Another gateway runs with the data folder ${data}.`);
  await first.kill('SIGKILL');
  await serve().said(READY);
}, 60_000);

test('a data folder that cannot be made is reported at once', async () => {
  data = '/proc/oriel/data';
  const gateway = serve();
  expect((await gateway.ended).code).toBe(1);
  expect(sentence(gateway.text())).toContain('/proc/oriel/data/oriel.sqlite cannot be made');
}, 30_000);

test('a damaged store is reported', async () => {
  await (async () => {
    const gateway = serve();
    await gateway.said(READY);
    await gateway.kill('SIGTERM');
  })();
  writeFileSync(join(data, 'oriel.sqlite'), 'no database '.repeat(1000));
  const gateway = serve();
  expect((await gateway.ended).code).toBe(1);
  expect(sentence(gateway.text())).toContain(`The data file ${join(data, 'oriel.sqlite')} is damaged.`);
}, 60_000);

test.each([
  ['http', (port: number) => `http: { port: ${port} }\nwebrtc: { port: 0 }\nrtsp: { port: 0 }\n`],
  [
    'metrics',
    (port: number) => `http: { port: 0, metrics: { port: ${port} } }\nwebrtc: { port: 0 }\nrtsp: { port: 0 }\n`,
  ],
  ['rtsp', (port: number) => `http: { port: 0 }\nwebrtc: { port: 0 }\nrtsp: { port: ${port} }\n`],
  ['webrtc', (port: number) => `http: { port: 0 }\nwebrtc: { port: ${port} }\nrtsp: { port: 0 }\n`],
])(
  'a taken %s port is one sentence',
  async (_name, text) => {
    const holder = createServer();
    await new Promise<void>((resolve) => void holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as { port: number };
    try {
      writeFileSync(config, text(port));
      const gateway = serve();
      expect((await gateway.ended).code).toBe(1);
      expect(sentence(gateway.text())).toMatch(new RegExp(`[Pp]ort ${port}\\b.* taken`));
      expect(existsSync(join(data, 'oriel.sqlite'))).toBe(true);
    } finally {
      holder.close();
    }
  },
  30_000,
);

test('SIGHUP reads the config again, and an empty file changes nothing', async () => {
  const gateway = serve();
  await gateway.said(READY);
  process.kill(gateway.child.pid as number, 'SIGHUP');
  await gateway.said(/config read again/);
  writeFileSync(config, '');
  await gateway.said(/the file is empty; write settings into it/);
  process.kill(gateway.child.pid as number, 'SIGTERM');
  expect((await gateway.ended).code).toBe(0);
}, 60_000);

test('running out of file descriptors is reported once, and the gateway goes on when there are some again', async () => {
  const gateway = serve();
  const [, url = ''] = await gateway.said(READY);
  const { pid } = gateway.child;
  const used = readdirSync(`/proc/${pid}/fd`).length;
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${used + 10}`]);
  const sockets = Array.from({ length: 200 }, () =>
    connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {}),
  );
  await gateway.said(/no file descriptor is free/);
  for (const socket of sockets) socket.destroy();
  await expect
    .poll(
      () =>
        fetch(`${url}/healthz`).then(
          (answer) => answer.status,
          () => 0,
        ),
      { timeout: 20_000 },
    )
    .toBe(200);
  expect(gateway.text().match(/no file descriptor is free/g)).toHaveLength(1);
}, 60_000);
