import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type DahuaDemo, startDahuaDemo } from '../simulators/dahua-demo.ts';
import { UsageError } from './command.ts';
import { run } from './forward.ts';
import { parseLocalAddress } from './local-port.ts';

let demo: DahuaDemo;
let serial: string;
let folder: string;
let config: string;
let stop: (() => Promise<void>) | undefined;

beforeAll(async () => {
  demo = await startDahuaDemo();
  serial = demo.device.serial;
  folder = await mkdtemp(path.join(tmpdir(), 'oriel-forward-'));
  config = path.join(folder, 'oriel.yaml');
  await writeFile(config, stringify({ dahua: { clouds: [demo.cloud] } }));
});

afterEach(async () => {
  await stop?.();
  stop = undefined;
});

afterAll(async () => {
  await demo.close();
  await rm(folder, { recursive: true });
});

type Running = { stdout: () => string; stderr: () => string; code: Promise<number>; abort: AbortController };

function start(...args: string[]): Running {
  const abort = new AbortController();
  const read = (stream: PassThrough): (() => string) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString();
  };
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const running = { stdout: read(stdout), stderr: read(stderr), abort };
  const code = run(args, { stdin: new PassThrough(), stdout, stderr, signal: abort.signal });
  stop = async () => {
    abort.abort();
    await code.catch(() => {});
  };
  return { ...running, code };
}

const LOGIN = ['-u', 'admin', '-p', 'demo-camera'];

async function listening(running: Running): Promise<number> {
  await expect.poll(running.stdout, { timeout: 8000 }).toMatch(/127\.0\.0\.1:(\d+) leads to port 554/);
  return Number(/127\.0\.0\.1:(\d+) leads/.exec(running.stdout())?.[1]);
}

async function ask(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write('OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n');
  const [reply] = await once(socket, 'data');
  socket.end();
  await once(socket, 'close');
  return String(reply);
}

test('any number of clients can reach a port of the device, and Ctrl-C ends the command cleanly', async () => {
  const running = start(serial, '--listen', '127.0.0.1:0', '--config', config, ...LOGIN);
  const port = await listening(running);
  const replies = await Promise.all(Array.from({ length: 5 }, () => ask(port)));
  for (const reply of replies) expect(reply).toMatch(/^RTSP\/1\.0 200 OK/);
  running.abort.abort();
  expect(await running.code).toBe(0);
  await expect.poll(() => demo.device.realms).toBe(0);
});

test('--debug prints the conversation without secrets', async () => {
  const running = start(serial, '--listen', '0', '--config', config, '--debug', ...LOGIN);
  await ask(await listening(running));
  const told = running.stderr();
  for (const part of ['DHPOST /device/', 'p2p-channel', 'STUN request', 'PTCP connect', 'bind realm=', 'port=554']) {
    expect(told).toContain(part);
  }
  expect(told).toContain('DevAuth=… Nonce=… RandSalt=… UserName=…');
  expect(told).not.toContain(serial);
});

describe('errors', () => {
  test('a wrong password is explained in a sentence', async () => {
    const running = start(serial, '--config', config, '-u', 'admin', '-p', 'guess');
    await expect(running.code).rejects.toMatchObject({ code: 'wrong-password' });
  });

  test('a port that is taken is explained in a sentence', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const running = start(serial, '--listen', String(port), '--config', config, ...LOGIN);
    await expect(running.code).rejects.toThrow('may be in use');
    taken.close();
  });

  test('--json says for programs where it listens', async () => {
    const running = start(serial, '--listen', '0', '--config', config, '--json', ...LOGIN);
    await expect.poll(running.stdout, { timeout: 8000 }).toMatch(/\n$/);
    const said = JSON.parse(running.stdout());
    expect(said).toEqual({ host: '127.0.0.1', port: expect.any(Number), devicePort: 554, path: expect.any(String) });
    expect(await ask(said.port)).toContain('RTSP/1.0');
  });

  test('a port that the device does not have is explained in a sentence', async () => {
    const running = start(serial, '--listen', '0', '--to', '81', '--config', config, ...LOGIN);
    await expect.poll(running.stdout, { timeout: 8000 }).toContain('leads to port 81');
    const port = Number(/:(\d+) leads/.exec(running.stdout())?.[1]);
    await once(connect(port, '127.0.0.1'), 'close');
    await expect.poll(running.stderr).toContain('does not answer on its port 81');
  });

  test.each([
    ['no serial number'],
    ['something that is no serial number', 'https://example.org'],
    ['a user without a password', '4C0A1B2PAJ12345', '-u', 'admin'],
    ['a port out of range', '4C0A1B2PAJ12345', '--to', '70000'],
    ['an option nobody knows', '4C0A1B2PAJ12345', '--quick'],
    ['an address without a port', '4C0A1B2PAJ12345', '--listen', 'localhost:'],
  ])('%s is wrong usage', async (_name, ...args) => {
    await expect(start(...args).code).rejects.toBeInstanceOf(UsageError);
  });
});

test.each([
  ['1554', { host: '127.0.0.1', port: 1554 }],
  ['0.0.0.0:80', { host: '0.0.0.0', port: 80 }],
  ['[::1]:80', { host: '::1', port: 80 }],
])('--listen %s', (text, address) => {
  expect(parseLocalAddress(text)).toEqual(address);
});
