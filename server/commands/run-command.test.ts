import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { CAMERA_WAIT_MS } from '../hub/camera-wait.ts';
import { runCommand } from './run-command.ts';

type Outcome = { code: number; out: string; err: string };

async function oriel(...args: string[]): Promise<Outcome> {
  const texts = { out: '', err: '' };
  const collect = (to: 'out' | 'err'): PassThrough =>
    new PassThrough().on('data', (chunk: Buffer) => {
      texts[to] += chunk.toString();
    });
  const io = {
    stdin: new PassThrough(),
    stdout: collect('out'),
    stderr: collect('err'),
    signal: new AbortController().signal,
  };
  const code = await runCommand(args, io);
  return { code, ...texts };
}

function configFile(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'oriel-command-')), 'oriel.yaml');
  writeFileSync(file, text);
  return file;
}

const BROKEN = `http: { prot: 80 }
cameras:
  - { id: a, url: "http://nope" }
  - { id: b, url: "rtsp://h/" }
  - { id: b, url: "rtsp://h/", password: "\${NOT_SET_ANYWHERE}" }
`;

describe('a config that is not valid', () => {
  test.each(['check', 'serve'])('oriel %s ends with 2 and one line per complaint', async (command) => {
    const file = configFile(BROKEN);
    const { code, err } = await oriel(command, ...(command === 'serve' ? ['--config'] : []), file);
    expect(code).toBe(2);
    const lines = err.trim().split('\n');
    expect(lines.map((line) => line.replace(file, ''))).toEqual([
      ':1: http: unknown key prot; did you mean port?',
      expect.stringMatching(/^:3: cameras\[0\]\.url: expected a camera address/),
      ':5: the environment has no NOT_SET_ANYWHERE; set it, or write the value here',
      expect.stringMatching(/^:5: cameras\[2\]\.id: the id b is taken by camera number 2/),
    ]);
  });
});

describe('oriel check', () => {
  test('writes JSON where a program wants it', async () => {
    const { code, out } = await oriel('check', configFile('http: { port: 8090 }\n'), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ http: { port: 8090 } });
  });

  test('prints the effective config with every secret masked', async () => {
    const file = configFile(`auth: { tokens: [{ name: x, token: 0123456789abcdef0 }] }
webrtc: { turnSecret: turn-it }
cameras: [{ id: a, url: "rtsp://me:s3cret@h/1", substream: "rtsp://me:s3cret@h/2" }]
`);
    const { code, out } = await oriel('check', file);
    expect(code).toBe(0);
    expect(parse(out)).toMatchObject({
      http: { port: 8080 },
      cameras: [{ url: 'rtsp://h/1', username: 'me', password: '********' }],
    });
    for (const secret of ['s3cret', '0123456789abcdef0', 'turn-it']) expect(out).not.toContain(secret);
  });

  test('can read its own output', async () => {
    const { out } = await oriel('check', configFile('cameras: [{ id: a, url: "rtsp://h/1" }]\n'));
    expect((await oriel('check', configFile(out))).code).toBe(0);
  });
});

describe('wrong usage ends with exit code 2 and says what to do', () => {
  test.each([
    [['fly'], 'There is no command fly.'],
    [['serv'], 'Did you mean serve?'],
    [['check'], 'oriel check takes one file.'],
    [['serve', '--prt', '1'], 'oriel serve --help'],
    [['serve', '--port', 'x'], '--port takes a whole number'],
    [['probe'], 'oriel probe takes one address or camera.'],
    [['probe', 'rtsp://h/', '--transport', 'pigeon'], '--transport is one of'],
    [['record', 'rtsp://h/'], 'Name the file to record into with --output.'],
    [['cat', 'front-door'], 'front-door is no address'],
    [['probe', '192.168.1.10'], /Reolink +rtsp:\/\/192\.168\.1\.10\/h264Preview_01_main/],
    [['demo-cameras', '--rtsp-port', '99999'], '--rtsp-port takes a whole number'],
  ])('oriel %s', async (args, sentence) => {
    const { code, err } = await oriel(...args);
    expect(code).toBe(2);
    expect(err).toMatch(sentence);
  });
});

describe('a recording that cannot be made ends at once with exit code 1 and one sentence', () => {
  test.each([
    [['record', 'rtsp://127.0.0.1:9/x', '--output', '/no/where.mp4'], 'The file /no/where.mp4 cannot be written.'],
    [
      ['record', 'rtsp://127.0.0.1:9/x', '--output', join(mkdtempSync(join(tmpdir(), 'oriel-command-')), 'clip.mp4')],
      'nothing listens on this port',
    ],
    [['cat', 'rtsp://127.0.0.1:9/x'], 'nothing listens on this port'],
  ])('oriel %s', async (args, sentence) => {
    const startedMs = Date.now();
    const { code, err } = await oriel(...args);
    expect(code).toBe(1);
    expect(err).toContain(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(Date.now() - startedMs).toBeLessThan(CAMERA_WAIT_MS / 2);
  });
});

test('every command in the help has its own help', async () => {
  const { out } = await oriel('--help');
  const names = [...out.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name as string);
  expect(names.length).toBeGreaterThan(4);
  for (const name of names) {
    const help = await oriel(name, '--help');
    expect(help.code, name).toBe(0);
    expect(help.out, name).toMatch(new RegExp(`^Usage: oriel ${name}`));
  }
});

test.each([
  ['127.0.0.1:9/stream1', 'rtsp://127.0.0.1:9/stream1'],
  ['me:secret@127.0.0.1:9/stream1', 'rtsp://127.0.0.1:9/stream1'],
])('oriel probe takes %s for an address, as the dashboard does', async (text, url) => {
  const { code, out } = await oriel('probe', text, '--json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ url, error: { code: 'refused' } });
});

test('an address that nothing plays is a failed task, not a crash', async () => {
  const { code, out } = await oriel('probe', 'gopher://h/');
  expect(code).toBe(1);
  expect(out).toContain('Oriel does not know this kind of address');
});
