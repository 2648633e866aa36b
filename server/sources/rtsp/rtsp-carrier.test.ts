import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { CameraMemory } from '../../hub/source.ts';
import { assetPath } from '../../platform/paths.ts';
import { loadVideoClip } from '../../simulators/clip.ts';
import { type RtspCamera, startRtspCamera } from '../../simulators/rtsp-camera.ts';
import { dialDirect } from '../connect.ts';
import { openHttpTunnel } from './http-tunnel.ts';
import { recordSource } from './source-recording.ts';

const LOGIN = { username: 'admin', password: 'secret' };
let camera: RtspCamera;
let server: Server | HttpServer | undefined;

beforeAll(async () => {
  const clip = await loadVideoClip(assetPath('sub-360p.h264'));
  const paths = [{ path: '/live', clip: { ...clip, fps: 50, frames: clip.frames.slice(0, 10) }, ...LOGIN }];
  camera = await startRtspCamera({ paths });
});

afterEach(() => {
  server?.close();
  if (server && 'closeAllConnections' in server) server.closeAllConnections();
  server = undefined;
});

afterAll(() => camera.close());

async function listen(created: Server | HttpServer): Promise<number> {
  server = created;
  created.listen(0, '127.0.0.1');
  await once(created, 'listening');
  return (created.address() as AddressInfo).port;
}

const toCamera = (): Socket => connect(camera.port, '127.0.0.1').on('error', () => {});

/** What a camera's web server does: GET is the way down, POST the way up, the cookie ties them. */
function startHttpTunnel(needsLogin: boolean): Promise<number> {
  const tunnels = new Map<string, Socket>();
  const posts: string[] = [];
  const web = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (first: Buffer) => {
      const end = first.indexOf('\r\n\r\n') + 4;
      const text = first.toString('latin1', 0, end);
      const cookie = /x-sessioncookie: (\w+)/i.exec(text)?.[1] ?? '';
      if (needsLogin && !/authorization: digest/i.test(text)) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="web", nonce="1"\r\n\r\n');
      } else if (text.startsWith('GET')) {
        const upstream = toCamera();
        tunnels.set(cookie, upstream);
        socket.write('HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\n');
        upstream.pipe(socket).on('close', () => upstream.destroy());
      } else {
        posts.push(cookie);
        const decode = (chunk: Buffer): void => {
          tunnels.get(cookie)?.write(Buffer.from(chunk.toString('latin1'), 'base64'));
        };
        if (first.length > end) decode(first.subarray(end));
        socket.on('data', decode);
      }
    });
  });
  return listen(web);
}

describe('RTSP over HTTP', () => {
  test.each([false, true])('carries a session (login for the web server: %s)', async (needsLogin) => {
    const port = await startHttpTunnel(needsLogin);
    const { units, error } = await recordSource({ url: `rtsp://127.0.0.1:${port}/live`, transport: 'http', ...LOGIN });
    expect(error).toBeUndefined();
    expect(units).toHaveLength(20);
    expect(camera.sessions).toBe(0);
  });

  test('a POST that is full gives way to another one, and no byte is lost', async () => {
    const texts: string[] = [];
    const web = createServer((socket) => {
      socket.on('error', () => {});
      let index = -1;
      socket.on('data', (bytes: Buffer) => {
        const text = bytes.toString('latin1');
        if (text.startsWith('GET')) socket.write('HTTP/1.0 200 OK\r\n\r\n');
        else if (text.startsWith('POST')) index = texts.push(text.slice(text.indexOf('\r\n\r\n') + 4)) - 1;
        else texts[index] += text;
      });
    });
    const port = await listen(web);
    const signal = new AbortController().signal;
    const dial = () => dialDirect('127.0.0.1', port, { signal, timeoutMs: 3000 });
    const loginMemory = { takesDigest: false, rememberDigest: () => {} };
    const options = { host: '127.0.0.1', target: '/live', timeoutMs: 3000, signal, dial, loginMemory };
    const tunnel = await openHttpTunnel(options);
    const sent = Array.from({ length: 60 }, (_, index) => Buffer.alloc(999, index));
    for (const chunk of sent) tunnel.write(chunk);
    const decoded = () => Buffer.concat(texts.map((text) => Buffer.from(text, 'base64')));
    await expect.poll(() => decoded().length, { timeout: 5000 }).toBe(60 * 999);
    expect(decoded().equals(Buffer.concat(sent))).toBe(true);
    expect(texts).toHaveLength(3);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(32_767);
    tunnel.destroy();
  });

  test('a web server that does not carry it', async () => {
    const port = await listen(createHttpServer((_request, response) => response.writeHead(404).end()));
    const { error } = await recordSource({ url: `rtsp://127.0.0.1:${port}/live`, transport: 'http' });
    expect(error?.code).toBe('no-such-path');
  });
});

describe('RTSP over WebSocket', () => {
  function startWebSocket(needsLogin: boolean): Promise<number> {
    const sockets = new WebSocketServer({ noServer: true });
    const web = createHttpServer();
    web.on('upgrade', (request: IncomingMessage, socket, head) => {
      if (request.url !== '/rtsp-over-websocket') socket.destroy();
      else if (needsLogin && !request.headers.authorization?.startsWith('Digest'))
        socket.end(
          'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="web", nonce="1"\r\nContent-Length: 0\r\n\r\n',
        );
      else
        sockets.handleUpgrade(request, socket, head, (websocket) => {
          expect(websocket.protocol).toBe('rtsp.onvif.org');
          const upstream = toCamera();
          const stream = createWebSocketStream(websocket).on('error', () => {});
          stream.pipe(upstream).pipe(stream);
        });
    });
    return listen(web);
  }

  test.each([false, true])('carries a session (login for the web server: %s)', async (needsLogin) => {
    const port = await startWebSocket(needsLogin);
    const url = `ws://127.0.0.1:${port}/rtsp-over-websocket#/live`;
    const { units, error } = await recordSource({ url, ...LOGIN });
    expect(error).toBeUndefined();
    expect(units).toHaveLength(20);
    expect(camera.sessions).toBe(0);
  });
});

describe('RTSPS', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'oriel-rtsps-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function startTls(name: string): Promise<number> {
    const [key, cert] = [path.join(folder, `${name}.key`), path.join(folder, `${name}.pem`)];
    const subject = ['-subj', '/CN=camera', '-days', '2', '-keyout', key, '-out', cert];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject], { stdio: 'ignore' });
    const tls = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
      const upstream = toCamera();
      socket.on('error', () => {});
      socket.pipe(upstream).pipe(socket);
    });
    return listen(tls);
  }

  test('pins the first certificate and refuses another one', async () => {
    const known = new Map<string, string>();
    const memory: CameraMemory = { get: (key) => known.get(key), set: (key, value) => known.set(key, value) };
    const record = async (port: number) => {
      const recording = await recordSource({ url: `rtsps://127.0.0.1:${port}/live`, ...LOGIN, context: { memory } });
      server?.close();
      return recording;
    };
    const first = await record(await startTls('one'));
    expect(first.error).toBeUndefined();
    expect(first.units).toHaveLength(20);
    expect((await record(await startTls('two'))).error?.code).toBe('certificate-changed');
  });

  test('a server that does not speak TLS', async () => {
    const { error } = await recordSource({ url: `rtsps://127.0.0.1:${camera.port}/live`, connectTimeoutMs: 300 });
    expect(error?.code).toBe('tls-failed');
  });
});
