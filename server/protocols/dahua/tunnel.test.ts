import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { Tunnel } from './tunnel.ts';

const MEGABYTE = 1 << 20;
const over = new GatewayError('stopping', 'The test is over.');
const options = { signal: new AbortController().signal, timeoutMs: 2000 };

let client: Tunnel;
let device: Tunnel;
/** The device's ends of the realms, in the order of their binds. */
let inside: Duplex[];

beforeEach(async () => {
  inside = [];
  const link =
    (to: () => Tunnel) =>
    (...parts: readonly Uint8Array[]) => {
      const datagram = Buffer.concat(parts);
      setImmediate(() => to().receive(datagram));
    };
  client = new Tunnel({ clock: systemClock, send: link(() => device) });
  device = new Tunnel({ clock: systemClock, send: link(() => client) });
  device.onControl = (frame) => {
    if (frame.type !== 'bind' || frame.port === 81) return;
    const stream = device.adoptRealm(frame.realm, frame.port);
    device.realms.confirm(stream.realm);
    inside.push(stream);
  };
  await new Promise<void>((resolve) => {
    client.onEstablished = resolve;
    client.connect();
  });
});

afterEach(() => {
  client.close(over);
  device.close(over);
});

/** Writes until the stream takes no more, and returns how much it took. */
async function fill(stream: Duplex, maxBytes: number): Promise<number> {
  let written = 0;
  const chunk = Buffer.alloc(64 * 1024);
  while (written < maxBytes) {
    if (!stream.write(chunk)) {
      const drained = once(stream, 'drain').then(() => true);
      const stuck = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 300));
      if (!(await Promise.race([drained, stuck]))) break;
    }
    written += chunk.length;
  }
  return written;
}

test('a slow reader that is alone in its tunnel makes the device wait and misses nothing', async () => {
  const reader = await client.openRealm(80, options);
  const [writer] = inside as [Duplex];
  const written = await fill(writer, 16 * MEGABYTE);
  expect(written).toBeLessThan(3 * MEGABYTE);
  writer.end();
  let received = 0;
  for await (const chunk of reader) received += chunk.length;
  expect(received).toBeGreaterThanOrEqual(written);
});

test('a slow reader that shares its tunnel is cut off, and the others continue', async () => {
  const slow = await client.openRealm(80, options);
  const quick = await client.openRealm(554, options);
  const gone = once(slow, 'error');
  const [toSlow, toQuick] = inside as [Duplex, Duplex];
  await fill(toSlow, 16 * MEGABYTE);
  expect(await gone).toMatchObject([{ code: 'too-large' }]);
  toQuick.write('still here');
  expect(String((await once(quick, 'data'))[0])).toBe('still here');
});

test('a bind that is not answered fails at its deadline and leaves no realm', async () => {
  const attempt = client.openRealm(81, { ...options, timeoutMs: 50 });
  await expect(attempt).rejects.toMatchObject({ code: 'timeout' });
  expect(client.realms.size).toBe(0);
});

test('a caller who has given up gets no realm', async () => {
  const abort = new AbortController();
  const attempt = client.openRealm(81, { ...options, signal: abort.signal });
  abort.abort();
  await expect(attempt).rejects.toMatchObject({ code: 'stopping' });
  expect(client.realms.size).toBe(0);
});

test('when either side ends, both sides end', async () => {
  const first = await client.openRealm(80, options);
  inside[0]?.resume();
  first.resume().end('bye');
  await once(first, 'close');
  const second = await client.openRealm(80, options);
  const ended = Promise.all([once(second.resume(), 'end'), once(second, 'close')]);
  inside[1]?.resume().end('bye');
  await ended;
  expect([client.realms.size, device.realms.size, inside.map((stream) => stream.destroyed)]).toEqual([
    0,
    0,
    [true, true],
  ]);
});

test('a lost tunnel ends its realms with the reason', async () => {
  const stream = await client.openRealm(80, options);
  const lost = once(stream, 'error');
  device.reset();
  expect(await lost).toMatchObject([{ message: 'The device ended the session.' }]);
  await expect(client.openRealm(80, options)).rejects.toBeInstanceOf(GatewayError);
});
