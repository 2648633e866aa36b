import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { type AddressInfo, createServer, connect as dial } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CameraAddress, connect, record, serve, testConnection } from './api.ts';
import { runCommand } from './commands/run-command.ts';
import { assetPath } from './platform/paths.ts';
import { loadAudioClip, loadVideoClip } from './simulators/clip.ts';
import { type KasaCamera, startKasaCamera } from './simulators/kasa-camera.ts';

const LOGIN = { username: 'me@mail.org', password: 'pa#ss' };
const folder = mkdtempSync(join(tmpdir(), 'oriel-api-'));

let camera: KasaCamera;
let address: CameraAddress;

beforeAll(async () => {
  const clip = await loadVideoClip(assetPath('sub-360p.h264'));
  camera = await startKasaCamera({ clip, audio: await loadAudioClip(assetPath('tone.ulaw')), ...LOGIN });
  address = { url: camera.url, ...LOGIN };
});
afterAll(() => camera.close());

/** What ffprobe, an outside judge, finds in a file. */
function probe(file: string): { codec: string; pictures: number }[] {
  const args = [
    '-v',
    'error',
    '-count_packets',
    '-show_entries',
    'stream=codec_name,nb_read_packets',
    '-of',
    'json',
    file,
  ];
  const { streams } = JSON.parse(execFileSync('ffprobe', args, { encoding: 'utf8' }));
  return streams.map((one: { codec_name: string; nb_read_packets: string }) => ({
    codec: one.codec_name,
    pictures: Number(one.nb_read_packets),
  }));
}

describe('what the package exports', () => {
  test('testConnection tells what the camera sends', async () => {
    expect(await testConnection(address)).toMatchObject({
      video: { width: 640, height: 360, fps: 15 },
      audio: { codec: 'pcmu' },
    });
  });

  test('testConnection tells why there is no picture', async () => {
    expect((await testConnection({ ...address, password: 'no' })).error?.code).toBe('wrong-password');
  });

  test('connect hands over pictures and sound until closed', async () => {
    let pictures = 0;
    let sound = 0;
    const connection = await connect(address, { unit: (unit) => void (unit.track === 0 ? pictures++ : sound++) });
    await expect.poll(() => Math.min(pictures, sound), { timeout: 5000 }).toBeGreaterThan(10);
    await connection.close();
    await expect.poll(() => camera.streams, { timeout: 2000 }).toBe(0);
  });

  test('connect says why it cannot', async () => {
    await expect(connect({ ...address, password: 'no' }, { unit: () => {} })).rejects.toMatchObject({
      code: 'wrong-password',
    });
    expect(camera.streams).toBe(0);
  });

  test('record writes a file that others can read', async () => {
    const output = join(folder, 'clip.mp4');
    const progress: number[] = [];
    const result = await record(address, {
      output,
      durationSeconds: 2,
      onProgress: ({ recordedMs }) => progress.push(recordedMs),
    });
    const [video, audio] = probe(output);
    expect(video).toEqual({ codec: 'h264', pictures: result.pictures });
    expect(audio?.codec).toBe('flac');
    expect(result.pictures).toBeGreaterThanOrEqual(29);
    expect(progress.length).toBe(result.pictures);
  });

  test('WebRTC and RTSP listen where HTTP listens, and nowhere else', async () => {
    const [webrtc, rtsp] = [await freePort(), await freePort()];
    const config = { http: { port: 0 }, webrtc: { port: webrtc }, rtsp: { port: rtsp }, log: { level: 'silent' } };
    const gateway = await serve({ config, data: join(folder, 'data-of-one-address') });
    for (const port of [webrtc, rtsp]) {
      expect([port, await listens('127.0.0.1', port)]).toEqual([port, true]);
      expect([port, await listens('127.0.0.2', port)]).toEqual([port, false]);
    }
    await gateway.stop();
  });

  test('serve runs a gateway and stops it', async () => {
    const config = { http: { port: 0 }, webrtc: { port: 0 }, rtsp: { port: 0 }, log: { level: 'silent' } };
    const gateway = await serve({ config, data: join(folder, 'data') });
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
    expect(gateway.signInLink).toContain('/setup/');
    await gateway.stop();
    await expect(fetch(`${gateway.url}/healthz`)).rejects.toThrow();
  });
});

describe('on the command line', () => {
  const io = (): { out: Buffer[]; run: (...args: string[]) => Promise<number>; stop: AbortController } => {
    const out: Buffer[] = [];
    const stop = new AbortController();
    const stdout = new PassThrough().on('data', (chunk: Buffer) => out.push(chunk));
    const streams = { stdin: new PassThrough(), stdout, stderr: new PassThrough().resume(), signal: stop.signal };
    return { out, stop, run: (...args) => runCommand(args, streams) };
  };
  const login = ['-u', LOGIN.username, '-p', LOGIN.password];

  test('oriel record writes the bare picture', async () => {
    const output = join(folder, 'clip.h264');
    const { run, out } = io();
    expect(await run('record', camera.url, ...login, '--duration', '2', '--output', output)).toBe(0);
    expect(probe(output)[0]).toMatchObject({ codec: 'h264' });
    expect(probe(output)[0]?.pictures).toBeGreaterThanOrEqual(29);
    expect(Buffer.concat(out).toString()).toMatch(/clip\.h264: \d\.\d s, \d+ pictures/);
  });

  test('oriel record --json says the same for programs', async () => {
    const output = join(folder, 'told.h264');
    const { run, out } = io();
    expect(await run('record', camera.url, ...login, '--duration', '1', '--output', output, '--json')).toBe(0);
    const said = JSON.parse(Buffer.concat(out).toString());
    expect(said).toMatchObject({ file: output, pictures: probe(output)[0]?.pictures });
  });

  test('oriel cat writes a stream that ffprobe understands, until it is told to stop', async () => {
    const { run, out, stop } = io();
    const done = run('cat', camera.url, ...login, '--format', 'mp4');
    await expect.poll(() => out.length, { timeout: 8000 }).toBeGreaterThan(20);
    stop.abort();
    expect(await done).toBe(0);
    const found = execFileSync(
      'ffprobe',
      ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', '-'],
      {
        input: Buffer.concat(out),
        encoding: 'utf8',
      },
    );
    expect(found.trim().split('\n')).toEqual(['h264', 'flac']);
  });

  test('a wrong password ends at once with 1', async () => {
    const startedMs = Date.now();
    const output = join(folder, 'none.mp4');
    expect(await io().run('record', camera.url, '-u', LOGIN.username, '-p', 'no', '--output', output)).toBe(1);
    expect(Date.now() - startedMs).toBeLessThan(8000);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function listens(host: string, port: number): Promise<boolean> {
  const socket = dial(port, host);
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  }).finally(() => socket.destroy());
}
