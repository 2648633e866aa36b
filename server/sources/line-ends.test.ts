import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import pino from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import type { SourceSpec } from '../hub/source.ts';
import { systemClock } from '../platform/clock.ts';
import { asGatewayError } from '../platform/errors.ts';
import { serializeHead } from '../protocols/http/request-head.ts';
import { serializeRtspMessage } from '../protocols/rtsp/message.ts';
import { dialDirect } from './connect.ts';
import { createKasaDevice } from './kasa/kasa-source.ts';
import { createRtspSource } from './rtsp/rtsp-source.ts';

const SECOND = '\r\nX: 1\r\n\r\nDELETE /everything HTTP/1.1\r\n\r\n';
let server: Server | undefined;
afterEach(() => server?.close());

/** Asks for Digest, as cameras do, and keeps every byte that arrives. */
async function listen(): Promise<{ port: number; heard: () => string }> {
  let text = '';
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      const request = chunk.toString('latin1');
      text += request;
      const sequence = /CSeq: (\d+)/.exec(request)?.[1];
      const start = sequence === undefined ? 'HTTP/1.1 401 No' : `RTSP/1.0 401 No\r\nCSeq: ${sequence}`;
      socket.write(`${start}\r\nWWW-Authenticate: Digest realm="r", nonce="n"\r\n\r\n`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, heard: () => text };
}

const context = () => {
  const memory = { get: () => undefined, set: () => {} };
  return { dial: dialDirect, clock: systemClock, log: pino({ level: 'silent' }), memory };
};
const sink = { tracks: () => {}, publish: () => {}, step: () => {} };

async function run(spec: Omit<SourceSpec, 'connectTimeoutMs'>): Promise<string> {
  const full = { ...spec, connectTimeoutMs: 2000 };
  const source = spec.url.startsWith('kasa')
    ? createKasaDevice(full, context()).source
    : createRtspSource(full, context());
  return source.run(sink, new AbortController().signal).then(
    () => 'ended',
    (error: unknown) => asGatewayError(error).code,
  );
}

describe('a line end never writes a second request', () => {
  test.each(['tcp', 'http'] as const)('to an RTSP camera over %s', async (transport) => {
    const { port, heard } = await listen();
    const url = `rtsp://127.0.0.1:${port}/live`;
    expect(await run({ url: url + SECOND, transport })).toBe('config-invalid');
    expect(await run({ url, transport, username: `admin${SECOND}`, password: 'x' })).toBe('bad-request');
    expect(await run({ url, transport, username: 'admin', password: `x${SECOND}` })).toMatch(/wrong-password|timeout/);
    expect(heard()).toMatch(/^(OPTIONS|GET) /);
    expect(heard()).not.toContain('DELETE');
  });

  test('to a Kasa camera', async () => {
    const { port, heard } = await listen();
    const url = `kasa://127.0.0.1:${port}`;
    expect(await run({ url: url + SECOND, transport: 'auto' })).toBe('bad-request');
    expect(await run({ url: `${url}?video=h264${SECOND}`, transport: 'auto' })).toBe('bad-request');
    expect(heard()).toBe('');
  });
});

describe('a serializer that is handed a line end throws', () => {
  test.each(['\r', '\n', '\r\n', '\0'])('%j', (end) => {
    const head = { kind: 'request', method: 'PLAY', version: '1.0', headers: [], body: new Uint8Array(0) } as const;
    const code = expect.objectContaining({ code: 'bad-request' });
    expect(() => serializeRtspMessage({ ...head, url: `rtsp://h/${end}x` })).toThrow(code);
    expect(() => serializeRtspMessage({ ...head, url: 'rtsp://h/', headers: [['A', `b${end}c`]] })).toThrow(code);
    expect(() => serializeHead(`GET /${end} HTTP/1.1`, [])).toThrow(code);
    expect(() => serializeHead('GET / HTTP/1.1', [['Host', `h${end}x`]])).toThrow(code);
  });
});
