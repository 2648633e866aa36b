import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assetPath } from '../platform/paths.ts';
import { lazyVideoClip } from '../simulators/clip.ts';
import { type DialInDevice, startDialInDevice } from '../simulators/dial-in-device.ts';
import { type RtspCamera, startRtspCamera } from '../simulators/rtsp-camera.ts';
import { runCommand } from './run-command.ts';

const TOKEN = 'known to device and configuration';
const LOGIN = { username: 'admin', password: 'secret' };

let folder: string;
let config: string;
let port: number;
let camera: RtspCamera;
let device: DialInDevice;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oriel-tunnel-command-'));
  config = join(folder, 'oriel.json');
  const holder = await hold(0);
  port = (holder.address() as { port: number }).port;
  await release(holder);
  const tunnel = { raw: [{ name: 'warehouse', port, token: TOKEN }] };
  const door = { id: 'door', url: 'tunnel://warehouse/live', ...LOGIN };
  writeFileSync(config, JSON.stringify({ tunnel, cameras: [door] }));
  const clip = await lazyVideoClip(assetPath('sub-360p.h264'));
  camera = await startRtspCamera({ paths: [{ path: '/live', clip, ...LOGIN }] });
  device = startDialInDevice({
    ...{ name: 'warehouse', token: TOKEN, gateway: { host: '127.0.0.1', port } },
    camera: { host: '127.0.0.1', port: camera.port },
  });
});
afterEach(async () => {
  device.close();
  await camera.close();
  rmSync(folder, { recursive: true });
});

async function hold(at: number): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {}).destroy());
  await new Promise<void>((resolve) => server.listen(at, resolve));
  return server;
}

function release(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

async function oriel(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const texts = { out: '', err: '' };
  const collect = (to: 'out' | 'err'): PassThrough =>
    new PassThrough().on('data', (chunk: Buffer) => {
      texts[to] += chunk.toString();
    });
  const signal = new AbortController().signal;
  const io = { stdin: new PassThrough(), stdout: collect('out'), stderr: collect('err'), signal };
  return { code: await runCommand(args, io), ...texts };
}

test('a command opens the port itself, waits for the device, and records its camera', async () => {
  const { code, out, err } = await oriel(
    ...['record', 'door', '--config', config, '--duration', '2', '--output', join(folder, 'clip.mp4')],
  );
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out).toMatch(/clip\.mp4: \d\.\d s, \d\d pictures/);
}, 60_000);

test('the report card of its camera', async () => {
  const { code, out } = await oriel('probe', 'door', '--config', config);
  expect(code).toBe(0);
  expect(out).toContain('640');
}, 60_000);

test('while the gateway has the port, a command says where the picture is to be had', async () => {
  const gateway = await hold(port);
  const { code, err } = await oriel('cat', 'door', '--config', config);
  await release(gateway);
  expect(code).toBe(1);
  expect(err).toContain('The port that the device warehouse dials cannot be opened, perhaps because the gateway runs.');
}, 60_000);
