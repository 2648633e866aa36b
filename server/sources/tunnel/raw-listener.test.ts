import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { asGatewayError } from '../../platform/errors.ts';
import { TestClock } from '../../platform/testing/test-clock.ts';
import { proofOf } from '../../protocols/tunnel/handshake.ts';
import { MAX_UNPROVEN_PER_ADDRESS } from './raw-listener.ts';
import { atEnd, Caller, openRig, park, TOKEN, WAREHOUSE } from './testing/raw-rig.ts';
import { MAX_PARKED } from './tunnel-device.ts';

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error) => asGatewayError(error).code,
  );
const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: Error) => error.message,
  );

describe('the handshake', () => {
  test('parks until GO, says after UP nothing of its own, and hands over every byte behind UP', async () => {
    const rig = await openRig();
    const device = await park(rig);
    const dialled = rig.dial();
    expect(await device.line()).toBe('GO');
    await device.send('UP\nfrom the camera');
    const carrier = await dialled;
    const [first] = (await once(carrier.resume(), 'data')) as [Buffer];
    expect(String(first)).toBe('from the camera');
    carrier.write('to the camera\n');
    expect(await device.line()).toBe('to the camera');
  });

  test('is understood however the bytes are split', async () => {
    const rig = await openRig();
    const caller = await Caller.call(rig.portOf());
    for (const byte of 'ORIEL/1 warehouse\n') await caller.send(byte);
    const nonce = Buffer.from((await caller.line()).slice(6), 'hex');
    for (const byte of `MAC ${proofOf(TOKEN, nonce).toString('hex')}\n`) await caller.send(byte);
    expect(await caller.line()).toBe('OK');
    const dialled = rig.dial();
    expect(await caller.line()).toBe('GO');
    for (const byte of 'UP\nRTSP') await caller.send(byte);
    const carrier = await dialled;
    let received = '';
    while (received.length < 4) received += String((await once(carrier.resume(), 'data'))[0]);
    expect(received).toBe('RTSP');
  });

  const answer = 'UP\nbytes of the camera';
  test.each(Array.from(answer, (_, at) => at))('is understood when its last answer is cut at byte %i', async (cut) => {
    const rig = await openRig();
    const device = await park(rig);
    const dialled = rig.dial();
    expect(await device.line()).toBe('GO');
    await device.send(answer.slice(0, cut));
    await new Promise((resolve) => setImmediate(resolve));
    await device.send(answer.slice(cut));
    const carrier = await dialled;
    let received = '';
    while (received.length < answer.length - 3) received += String((await once(carrier.resume(), 'data'))[0]);
    expect(received).toBe('bytes of the camera');
  });

  test('a wrong token, an unknown name and a proof for another connection are refused, each with its reason', async () => {
    const rig = await openRig();
    const wrong = await Caller.call(rig.portOf());
    expect(await wrong.handshake('warehouse', 'not the token')).toBe('NO wrong token');
    await wrong.ended();
    const unknown = await Caller.call(rig.portOf());
    await unknown.send('ORIEL/1 nobody\n');
    expect(await unknown.line()).toBe('NO unknown device');
    const heard = await Caller.call(rig.portOf());
    const proof = proofOf(TOKEN, await heard.nonce()).toString('hex');
    const replayed = await Caller.call(rig.portOf());
    await replayed.nonce();
    await replayed.send(`MAC ${proof}\n`);
    expect(await replayed.line()).toBe('NO wrong token');
    expect(rig.notes.map(({ device, address, reason }) => `${device} ${address} ${reason}`)).toEqual([
      'warehouse 127.0.0.1 wrong token',
      'nobody 127.0.0.1 unknown device',
      'warehouse 127.0.0.1 wrong token',
    ]);
    expect(rig.log.join('')).not.toContain(TOKEN);
  });

  test('one nonce is good for one proof', async () => {
    const rig = await openRig();
    const caller = await Caller.call(rig.portOf());
    const nonce = await caller.nonce();
    await caller.send(`MAC ${'0'.repeat(64)}\nMAC ${proofOf(TOKEN, nonce).toString('hex')}\n`);
    expect(await caller.line()).toBe('NO wrong token');
    await caller.ended();
    expect(await codeOf(rig.dial())).toBe('device-away');
  });

  test('who is refused again and again waits, and a device with the right token beside it does not', async () => {
    const other = { ...WAREHOUSE, name: 'garage' };
    const rig = await openRig([
      { ...WAREHOUSE, port: await freePort() },
      { ...other, port: 0 },
    ]);
    for (let attempt = 0; attempt < 5; attempt++) {
      const caller = await Caller.call(rig.portOf());
      expect(await caller.handshake('warehouse', 'wrong')).toBe('NO wrong token');
    }
    const sixth = await Caller.call(rig.portOf());
    await sixth.send('ORIEL/1 warehouse\n');
    expect(await sixth.line()).toMatch(/^NO too many/);
    expect(rig.notes).toHaveLength(5);
    await park(rig, 'garage');
  });

  test.each(['GET / HTTP/1.1\r\n', 'x'.repeat(300), '\u0000\u0001\n', 'MAC 00\n'])('hangs up on %j', async (text) => {
    const rig = await openRig();
    const caller = await Caller.call(rig.portOf());
    await caller.send(text);
    await caller.ended();
    expect(rig.notes).toEqual([]);
  });

  test('a caller that says nothing is hung up on, and so many of them at once and no more', async () => {
    const clock = new TestClock();
    const rig = await openRig([WAREHOUSE], clock);
    const silent = await Promise.all(
      Array.from({ length: MAX_UNPROVEN_PER_ADDRESS }, async () => {
        const caller = await Caller.call(rig.portOf());
        await caller.nonce();
        return caller;
      }),
    );
    const oneMore = await Caller.call(rig.portOf());
    await oneMore.ended();
    await clock.advance(10_000);
    for (const caller of silent) await caller.ended();
    await park(rig);
  });
});

describe('parked connections', () => {
  test('hear an empty line every 20 s', async () => {
    const clock = new TestClock();
    const rig = await openRig([WAREHOUSE], clock);
    const device = await park(rig);
    await clock.advance(20_000);
    expect(await device.line()).toBe('');
    await clock.advance(20_000);
    expect(await device.line()).toBe('');
  });

  test('of too many the newest are kept, and the newest is used first', async () => {
    const rig = await openRig();
    const devices: Caller[] = [];
    for (let count = 0; count <= MAX_PARKED; count++) devices.push(await park(rig));
    await devices[0]?.ended();
    const dialled = rig.dial();
    expect(await devices.at(-1)?.line()).toBe('GO');
    await devices.at(-1)?.send('UP\n');
    await dialled;
  });

  test('are closed when the device speaks without being asked, and the device may come again', async () => {
    const rig = await openRig();
    const device = await park(rig);
    await device.send('hello\n');
    await device.ended();
    await park(rig);
  });

  test('a spare serves a second stream while the first one goes on', async () => {
    const rig = await openRig();
    const first = await park(rig);
    const dialled = rig.dial();
    expect(await first.line()).toBe('GO');
    await first.send('UP\n');
    const one = await dialled;
    const second = rig.dial();
    const spare = await park(rig);
    expect(await spare.line()).toBe('GO');
    await spare.send('UP\n');
    const two = await second;
    one.write('1\n');
    two.write('2\n');
    expect([await first.line(), await spare.line()]).toEqual(['1', '2']);
  });

  test('without a spare the second stream says that the device carries no more', async () => {
    const rig = await openRig();
    const device = await park(rig);
    const dialled = rig.dial();
    expect(await device.line()).toBe('GO');
    await device.send('UP\n');
    await dialled;
    expect(await codeOf(rig.dial('warehouse', 50))).toBe('no-free-session');
  });

  test('two devices share a port, and their names say which is which', async () => {
    const port = await freePort();
    const rig = await openRig([
      { ...WAREHOUSE, port },
      { ...WAREHOUSE, name: 'garage', port, token: 'another token of another device' },
    ]);
    const garage = await park(rig, 'garage', 'another token of another device');
    const warehouse = await park(rig);
    const dialled = rig.dial('garage');
    expect(await garage.line()).toBe('GO');
    await garage.send('UP\n');
    await dialled;
    const swapped = await Caller.call(port);
    expect(await swapped.handshake('garage', TOKEN)).toBe('NO wrong token');
    expect(warehouse.socket.closed).toBe(false);
  });
});

describe('what is missing is said', () => {
  test('a device that never came, and one that has gone', async () => {
    const rig = await openRig();
    expect(await messageOf(rig.dial())).toMatch(/^The device warehouse is not connected: it has not dialled in since/);
    const device = await park(rig);
    device.socket.destroy();
    const message = await messageOf(rig.dial('warehouse', 100));
    expect(message).toMatch(/^The device warehouse is not connected: it was last seen on \d{4}-\d\d-\d\d at/);
    expect(await codeOf(rig.dial('nobody'))).toBe('device-away');
  });

  test('a camera that refuses is another matter than a device that is away', async () => {
    const rig = await openRig();
    const device = await park(rig);
    const dialled = rig.dial();
    const message = messageOf(dialled);
    expect(await device.line()).toBe('GO');
    await device.send('ERR the camera refuses the connection\n');
    expect(await message).toContain(
      'The device warehouse is connected, but does not reach its camera. It says: the camera refuses the connection.',
    );
    expect(await codeOf(dialled)).toBe('camera-away');
    await device.ended();
  });

  test('a device that has gone without a word is found out when its camera is wanted, with all its connections', async () => {
    const clock = new TestClock();
    const rig = await openRig([WAREHOUSE], clock);
    const older = await park(rig);
    const newer = await park(rig);
    const code = codeOf(rig.dial());
    expect(await newer.line()).toBe('GO');
    await clock.advance(9500);
    expect(await code).toBe('device-away');
    await older.ended();
    await newer.ended();
  });

  test('a connection that is lost at GO is replaced by the next one', async () => {
    const rig = await openRig();
    const older = await park(rig);
    const newer = await park(rig);
    const dialled = rig.dial();
    expect(await newer.line()).toBe('GO');
    newer.socket.resetAndDestroy();
    expect(await older.line()).toBe('GO');
    await older.send('UP\n');
    await dialled;
  });
});

describe('a device without a handshake', () => {
  const BARE = { name: 'old', port: 0, token: 'none', from: ['127.0.0.2'], listen: '127.0.0.1' };

  test('is the camera itself, from its own network only, and the log warns of it', async () => {
    const rig = await openRig([BARE]);
    const stranger = await Caller.call(rig.portOf('old'));
    await stranger.ended();
    expect(await codeOf(rig.dial('old'))).toBe('device-away');
    const camera = await Caller.call(rig.portOf('old'), '127.0.0.2');
    await expect.poll(() => codeOf(rig.tunnels.knock('old'))).toBe('no error');
    const carrier = await rig.dial('old');
    carrier.write('OPTIONS\n');
    expect(await camera.line()).toBe('OPTIONS');
    expect(rig.log.join('')).toContain('this dial-in device proves nothing');
    expect(rig.tunnels.bareNetworks('old')).toEqual(['127.0.0.2']);
  });

  test('whoever speaks before it is asked is no camera', async () => {
    const rig = await openRig([BARE]);
    const scanner = await Caller.call(rig.portOf('old'), '127.0.0.2');
    await scanner.send('GET / HTTP/1.1\r\n\r\n');
    await scanner.ended();
  });
});

describe('changed settings', () => {
  test('a new token ends what the device has open, and nothing of another device', async () => {
    const port = await freePort();
    const garage = { ...WAREHOUSE, name: 'garage', port };
    const rig = await openRig([{ ...WAREHOUSE, port }, garage]);
    const [parked, other] = [await park(rig), await park(rig, 'garage')];
    const streaming = await park(rig);
    const dialled = rig.dial();
    await streaming.line();
    await streaming.send('UP\n');
    const carrier = await dialled;
    const failed = once(carrier, 'error').catch((error: Error) => error);
    const token = 'the token after the change';
    await rig.tunnels.configure([{ ...WAREHOUSE, port, token }, garage]);
    await parked.ended();
    await streaming.ended();
    expect(String(await failed)).toContain('settings');
    const used = rig.dial('garage');
    expect(await other.line()).toBe('GO');
    await other.send('UP\n');
    await used;
    expect(await (await Caller.call(port)).handshake('warehouse', TOKEN)).toBe('NO wrong token');
    await park(rig, 'warehouse', token);
  });

  test('a port that is added is opened, one that is removed is closed', async () => {
    const rig = await openRig([WAREHOUSE]);
    const device = await park(rig);
    await rig.tunnels.configure([WAREHOUSE, { ...WAREHOUSE, name: 'garage' }]);
    await park(rig, 'garage');
    expect(device.socket.closed).toBe(false);
    const port = rig.portOf();
    await rig.tunnels.configure([{ ...WAREHOUSE, name: 'garage' }]);
    await device.ended();
    await expect(Caller.call(port)).rejects.toThrow('ECONNREFUSED');
  });

  test('a port that another program has is named, and the others are opened all the same', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    atEnd(() => new Promise((resolve) => taken.close(resolve)));
    const { port } = taken.address() as { port: number };
    const rig = await openRig([]);
    const both = rig.tunnels.configure([
      { ...WAREHOUSE, port },
      { ...WAREHOUSE, name: 'garage' },
    ]);
    await expect(both).rejects.toThrow(`Port ${port} is taken by another program`);
    await park(rig, 'garage');
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
