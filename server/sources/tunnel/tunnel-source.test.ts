import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SourceSpec } from '../../hub/source.ts';
import { Stream } from '../../hub/stream.ts';
import { systemClock } from '../../platform/clock.ts';
import { assetPath } from '../../platform/paths.ts';
import { loadVideoClip, type VideoClip } from '../../simulators/clip.ts';
import { type DialInDeviceOptions, startDialInDevice } from '../../simulators/dial-in-device.ts';
import { type RtspCamera, startRtspCamera } from '../../simulators/rtsp-camera.ts';
import type { RtspCameraQuirks } from '../../simulators/rtsp-camera-quirks.ts';
import { DEFAULT_RETRY, type RetryPolicy, supervise } from '../supervisor.ts';
import type { RawTunnel } from './raw-tunnel.ts';
import { makeEdgeDevice, startEdgeDevice } from './testing/edge-device.ts';
import { atEnd, openRig, type RawRig, TOKEN, WAREHOUSE } from './testing/raw-rig.ts';
import { createTunnelSource } from './tunnel-source.ts';

let clip: VideoClip;
beforeAll(async () => {
  const whole = await loadVideoClip(assetPath('sub-360p.h264'));
  clip = { ...whole, fps: 50, frames: whole.frames.slice(0, 10) };
  makeEdgeDevice();
}, 60_000);

const LOGIN = { username: 'admin', password: 'secret' };

async function startCamera(quirks: RtspCameraQuirks = {}): Promise<RtspCamera> {
  const camera = await startRtspCamera({ paths: [{ path: '/live', clip, quirks, ...LOGIN }] });
  atEnd(() => camera.close());
  return camera;
}

function simulate(rig: RawRig, camera: { port: number }, more: Partial<DialInDeviceOptions> = {}) {
  const device = startDialInDevice({
    name: 'warehouse',
    token: TOKEN,
    gateway: { host: '127.0.0.1', port: rig.portOf() },
    camera: { host: '127.0.0.1', port: camera.port },
    ...more,
  });
  atEnd(() => device.close());
  return device;
}

/** The stream of the camera behind the device as the hub would keep it going. */
function watch(rig: RawRig, spec: Partial<SourceSpec> = {}, policy: Partial<RetryPolicy> = {}) {
  const context = {
    dial: () => Promise.reject(new Error('the gateway dialled by itself')),
    clock: systemClock,
    log: pino({ level: 'silent' }),
    memory: { get: () => undefined, set: () => {} },
    tunnels: rig.tunnels,
  };
  const url = 'tunnel://warehouse/live';
  const source = createTunnelSource({ url, transport: 'auto', connectTimeoutMs: 3000, ...LOGIN, ...spec }, context);
  const stream = new Stream('warehouse', systemClock);
  const stop = new AbortController();
  const seen = { pictures: 0 };
  stream.subscribe({
    tracks: () => {},
    unit: () => {
      seen.pictures++;
      return true;
    },
    state: () => {},
  });
  const done = supervise(source, { ...DEFAULT_RETRY, ...policy }, systemClock, context.log).run(
    stream.sink,
    stop.signal,
  );
  const end = async (): Promise<void> => {
    stop.abort();
    await done;
  };
  atEnd(end);
  const morePictures = async (): Promise<void> => {
    const before = seen.pictures;
    await expect.poll(() => seen.pictures, { timeout: 15_000, interval: 20 }).toBeGreaterThan(before + 5);
  };
  const offline = () => (stream.state.phase === 'offline' ? stream.state : undefined);
  return { stream, end, morePictures, offline };
}

const isThere = (rig: RawRig): Promise<void> =>
  expect
    .poll(
      () =>
        rig.tunnels.knock('warehouse').then(
          () => 'there',
          () => 'away',
        ),
      { timeout: 15_000, interval: 20 },
    )
    .toBe('there');

describe('the device that is written in C', () => {
  test('shows its camera, and the camera knows nothing of the gateway while nobody watches', async () => {
    const rig = await openRig();
    const camera = await startCamera();
    startEdgeDevice({ gateway: `127.0.0.1:${rig.portOf()}`, camera: `127.0.0.1:${camera.port}`, token: TOKEN });
    await isThere(rig);
    expect([camera.connections, camera.requests.length]).toEqual([0, 0]);
    const first = watch(rig);
    await first.morePictures();
    const second = watch(rig);
    await second.morePictures();
    expect(camera.players).toBe(2);
    await first.end();
    await second.end();
    await expect.poll(() => camera.connections).toBe(0);
    expect(camera.requests.filter(({ method }) => method === 'TEARDOWN')).toHaveLength(2);
    await watch(rig).morePictures();
  });

  test('that dies in the middle of a picture is missed at once, and its picture is back when it is', async () => {
    const rig = await openRig();
    const camera = await startCamera();
    const options = { gateway: `127.0.0.1:${rig.portOf()}`, camera: `127.0.0.1:${camera.port}`, token: TOKEN };
    const device = startEdgeDevice(options);
    const viewer = watch(rig);
    await viewer.morePictures();
    await device.stop();
    await expect.poll(() => viewer.offline()?.code, { timeout: 15_000, interval: 20 }).toBe('device-away');
    expect(viewer.offline()?.message).toMatch(/^The device warehouse is not connected: it was last seen/);
    startEdgeDevice(options);
    await viewer.morePictures();
  }, 40_000);

  test('that stops without a word is given up, and its picture is back when it goes on', async () => {
    const rig = await openRig();
    const camera = await startCamera();
    const options = { gateway: `127.0.0.1:${rig.portOf()}`, camera: `127.0.0.1:${camera.port}`, token: TOKEN };
    const device = startEdgeDevice(options);
    const viewer = watch(rig, {}, { stallMs: 1000 });
    await viewer.morePictures();
    device.kill('SIGSTOP');
    await expect.poll(() => viewer.offline()?.code, { timeout: 15_000, interval: 20 }).toBe('stalled');
    await expect.poll(() => viewer.offline()?.code, { timeout: 20_000, interval: 20 }).toBe('device-away');
    device.kill('SIGCONT');
    await viewer.morePictures();
  }, 60_000);

  test('whose camera refuses says so, which is another matter than a device that is away', async () => {
    const rig = await openRig();
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as { port: number };
    await new Promise((resolve) => closed.close(resolve));
    startEdgeDevice({ gateway: `127.0.0.1:${rig.portOf()}`, camera: `127.0.0.1:${port}`, token: TOKEN });
    await isThere(rig);
    const viewer = watch(rig);
    await expect.poll(() => viewer.offline()?.code, { timeout: 15_000, interval: 20 }).toBe('camera-away');
    expect(viewer.offline()?.message).toContain('the camera refuses the connection');
  });
});

describe('the gateway never dials by itself', () => {
  test('requests carry the host that the camera calls itself by', async () => {
    const rig = await openRig([{ ...WAREHOUSE, host: '192.168.1.20:8554' }]);
    const camera = await startCamera();
    simulate(rig, camera);
    const viewer = watch(rig);
    await viewer.morePictures();
    const urls = camera.requests.map(({ url }) => url);
    expect(urls.length).toBeGreaterThan(3);
    for (const url of urls) expect(url).toMatch(/^rtsp:\/\/192\.168\.1\.20:8554\/live/);
  });

  test.each([
    ['a Content-Base', { urls: { contentBase: 'rtsp://192.168.1.99:554{path}/' } }],
    ['absolute controls', { urls: { trackControl: 'rtsp://192.168.1.99:554{path}/trackID={n}' } }],
  ] satisfies [string, RtspCameraQuirks][])('%s of another host stays on this connection', async (_name, quirks) => {
    const rig = await openRig();
    const camera = await startCamera(quirks);
    simulate(rig, camera);
    await watch(rig).morePictures();
    for (const { url } of camera.requests) expect(url).toMatch(/^rtsp:\/\/127\.0\.0\.1\/live/);
  });

  test('a redirect to another host takes the next connection to the same camera, with its password', async () => {
    const rig = await openRig();
    const redirect = { status: 302, location: 'rtsp://192.168.1.99:554/real' };
    const camera = await startRtspCamera({
      paths: [
        { path: '/live', clip, quirks: { urls: { redirect } } },
        { path: '/real', clip, ...LOGIN },
      ],
    });
    atEnd(() => camera.close());
    simulate(rig, camera);
    await watch(rig).morePictures();
    expect(camera.requests.at(-1)?.url).toMatch(/^rtsp:\/\/127\.0\.0\.1\/real/);
  });

  test('a camera that wants UDP is told that a tunnel carries TCP only', async () => {
    const rig = await openRig();
    const camera = await startCamera({ transport: { refuses: ['tcp'] } });
    simulate(rig, camera);
    const viewer = watch(rig);
    await expect.poll(() => viewer.offline()?.code, { timeout: 15_000, interval: 20 }).toBe('not-supported');
    expect(camera.requests.filter(({ method }) => method === 'DESCRIBE').length).toBeLessThan(3);
  });
});

describe('without a handshake', () => {
  test('whatever comes from its network is the camera', async () => {
    const bare: RawTunnel = { ...WAREHOUSE, token: 'none', from: ['127.0.0.0/8'] };
    const rig = await openRig([bare]);
    const camera = await startCamera();
    simulate(rig, camera, { token: 'none' });
    const viewer = watch(rig);
    await viewer.morePictures();
    await viewer.end();
    await watch(rig).morePictures();
  });
});

function certificate(): { cert: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'oriel-tunnel-'));
  atEnd(() => rmSync(folder, { recursive: true }));
  const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const subject = ['-subj', '/CN=gateway.test', '-keyout', tls.key, '-out', tls.cert, '-days', '2'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject], { stdio: 'ignore' });
  return tls;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => server.close());
  return (server.address() as { port: number }).port;
}

describe('over TLS', () => {
  test('a small device with TLS 1.2 and one suite is understood', async () => {
    const rig = await openRig([{ ...WAREHOUSE, tls: certificate() }]);
    const camera = await startCamera();
    simulate(rig, camera, {
      tls: { rejectUnauthorized: false, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' },
    });
    await watch(rig).morePictures();
  });

  test('is sent in pieces of 4 KB, for which it has room', async () => {
    const rig = await openRig([{ ...WAREHOUSE, tls: certificate() }]);
    let received = 0;
    const sink = createServer((socket) =>
      socket.on('data', (chunk) => (received += chunk.length)).on('error', () => {}),
    );
    const records: number[] = [];
    const wire = createServer((toDevice) => {
      const toGateway = connect({ host: '127.0.0.1', port: rig.portOf() });
      toDevice.on('error', () => toGateway.destroy()).pipe(toGateway);
      let read = Buffer.alloc(0);
      toGateway
        .on('error', () => toDevice.destroy())
        .on('data', (chunk: Buffer) => {
          toDevice.write(chunk);
          read = Buffer.concat([read, chunk]);
          while (read.length >= 5 && read.length >= 5 + read.readUInt16BE(3)) {
            if (read[0] === 23) records.push(read.readUInt16BE(3));
            read = read.subarray(5 + read.readUInt16BE(3));
          }
        });
    });
    const [camera, gateway] = [{ port: await listen(sink) }, { host: '127.0.0.1', port: await listen(wire) }];
    simulate(rig, camera, { gateway, tls: { rejectUnauthorized: false } });
    await isThere(rig);
    const carrier = await rig.dial();
    carrier.write(Buffer.alloc(100_000));
    await expect.poll(() => received).toBe(100_000);
    expect(Math.max(...records)).toBeLessThan(4096 + 64);
    expect(records.length).toBeGreaterThan(20);
  });
});
