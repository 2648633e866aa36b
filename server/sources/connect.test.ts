import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { dialDirect } from './connect.ts';

const never = new AbortController().signal;

describe('dialDirect', () => {
  test('connects', async () => {
    const server = createServer((socket) => socket.end('hello'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const socket = await dialDirect('127.0.0.1', port, { signal: never, timeoutMs: 2000 });
    expect(String((await once(socket, 'data'))[0])).toBe('hello');
    socket.destroy();
    server.close();
  });

  test.each([
    ['refused', '127.0.0.1', 1],
    ['name-not-found', 'no-such-camera.invalid', 554],
  ])('says %s', async (code, host, port) => {
    await expect(dialDirect(host, port, { signal: never, timeoutMs: 5000 })).rejects.toMatchObject({ code });
  });

  test('stops at once when it is told to', async () => {
    const stopped = AbortSignal.abort();
    await expect(dialDirect('127.0.0.1', 1, { signal: stopped, timeoutMs: 5000 })).rejects.toMatchObject({
      code: 'stopping',
    });
  });
});
