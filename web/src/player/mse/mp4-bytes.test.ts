// @vitest-environment happy-dom
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { eventually } from '../../testing/page.ts';
import { goTo } from '../../testing/small-gateway.ts';
import type { TransportRequest } from '../transport.ts';

const PATH = '/api/cameras/yard/live.mp4?quality=sub&sound=no&recap=yes&visit=v1';
const TYPE = 'video/mp4; codecs="avc1.4d0028"';

let server: Server;
let sockets: WebSocketServer;
let origin: string;
let asked: string[];
let answer: (response: ServerResponse) => void;
let readMp4: typeof import('./mp4-bytes.ts').readMp4;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(`fetch ${request.url} ${request.headers.authorization ?? ''}`.trim());
    answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  sockets = new WebSocketServer({ noServer: true });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  goTo(`${origin}/`);
  // The page remembers when no WebSocket gets through: each test is a page of its own.
  vi.resetModules();
  ({ readMp4 } = await import('./mp4-bytes.ts'));
});

afterEach(() => {
  for (const client of sockets.clients) client.terminate();
  server.closeAllConnections();
  server.close();
});

/** Lets WebSockets through, and sends this over each. */
function acceptSockets(...messages: (string | Uint8Array)[]): void {
  server.on('upgrade', (request, socket, head) => {
    asked.push(`socket ${request.url}`);
    sockets.handleUpgrade(request, socket, head, (client) => {
      for (const message of messages) client.send(message);
      client.close();
    });
  });
}

function refuseSockets(): void {
  server.on('upgrade', (request, socket) => {
    asked.push(`socket ${request.url}`);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
}

async function read(part: Partial<TransportRequest> = {}, signal = new AbortController().signal) {
  const heard: string[] = [];
  const request = { camera: 'yard', quality: 'sub', sound: false, visit: 'v1', gateway: '', token: undefined, ...part };
  const reading = readMp4(request as TransportRequest, signal, {
    type: (mimeType) => heard.push(mimeType),
    bytes: (chunk) => heard.push([...chunk].join()),
  });
  return { heard, reading };
}

describe('on a page of the gateway', () => {
  test('the stream comes over a WebSocket, of which a browser opens as many as there are tiles', async () => {
    acceptSockets(TYPE, Uint8Array.of(1, 2), Uint8Array.of(3));
    const { heard, reading } = await read();
    await reading;
    expect(heard).toEqual([TYPE, '1,2', '3']);
    expect(asked).toEqual([`socket ${PATH}`]);
  });

  test('when no WebSocket gets through it is fetched, and the next stream does not try one', async () => {
    refuseSockets();
    answer = (response) => response.writeHead(200, { 'content-type': TYPE }).end(Buffer.of(9));
    const first = await read();
    await first.reading;
    const second = await read();
    await second.reading;
    expect([first.heard, second.heard]).toEqual([
      [TYPE, '9'],
      [TYPE, '9'],
    ]);
    expect(asked).toEqual([`socket ${PATH}`, `fetch ${PATH}`, `fetch ${PATH}`]);
  });

  test('a refusal is told in the words of the gateway, and says nothing about WebSockets', async () => {
    refuseSockets();
    answer = (response) =>
      response.writeHead(503).end('{"error":{"code":"too-many-viewers","message":"16 of 16 are watching."}}');
    await expect((await read()).reading).rejects.toMatchObject({
      code: 'too-many-viewers',
      message: '16 of 16 are watching.',
    });
    await expect((await read()).reading).rejects.toThrow();
    expect(asked.filter((line) => line.startsWith('socket'))).toHaveLength(2);
  });
});

test('with a token it is fetched, because a WebSocket carries none', async () => {
  answer = (response) => response.writeHead(200, { 'content-type': TYPE }).end(Buffer.of(1));
  const { heard, reading } = await read({ token: 'secret' });
  await reading;
  expect([heard, asked]).toEqual([[TYPE, '1'], [`fetch ${PATH} Bearer secret`]]);
});

test('whoever does not want it any more ends the request', async () => {
  let left = false;
  answer = (response) => {
    response.on('close', () => {
      left = true;
    });
    response.writeHead(200, { 'content-type': TYPE }).write(Buffer.of(1));
  };
  const abort = new AbortController();
  const { heard, reading } = await read({ token: 'secret' }, abort.signal);
  await eventually(() => expect(heard).toEqual([TYPE, '1']));
  abort.abort();
  await expect(reading).rejects.toThrow();
  await eventually(() => expect(left).toBe(true));
});
