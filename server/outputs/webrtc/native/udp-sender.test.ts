import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PacketRun } from '../../../protocols/srtp/packet-run.ts';
import { loadNativeLibrary, type NativeLibrary } from './library.ts';
import { nativeMemory } from './packet-memory.ts';
import { addressBytes, socketAddress } from './socket-address.ts';
import { UdpSender } from './udp-sender.ts';
import { openUdpSocket } from './udp-socket.ts';

const real = loadNativeLibrary() as NativeLibrary;
const HEADER_BYTES = 12;
const TAG_BYTES = 16;

/** libc as it is, but sendmsg answers these errno first; 0 lets the call through. */
function failing(...errnos: number[]): { library: NativeLibrary; calls: () => number } {
  let calls = 0;
  let errno = 0;
  const sendmsg: NativeLibrary['sendmsg'] = (...args) => {
    calls++;
    errno = errnos.shift() ?? 0;
    return errno === 0 ? real.sendmsg(...args) : -1;
  };
  return { library: { ...real, sendmsg, errno: () => errno || real.errno() }, calls: () => calls };
}

describe('UdpSender', () => {
  let receiver: Socket;
  let received: Buffer[];
  let fd: number;
  let destination: Uint8Array;

  beforeEach(async () => {
    receiver = createSocket('udp4');
    receiver.bind(0, '127.0.0.1');
    await once(receiver, 'listening');
    received = [];
    receiver.on('message', (packet) => received.push(packet));
    fd = openUdpSocket(real, '127.0.0.1', 0);
    destination = socketAddress('127.0.0.1', receiver.address().port);
  });
  afterEach(() => {
    real.close(fd);
    receiver.close();
  });

  /** Packets of these payload lengths, filled with their number. */
  function runOf(...lengths: number[]): PacketRun {
    const run = new PacketRun(nativeMemory(real)(65_000), 0);
    run.begin(run.block, HEADER_BYTES, TAG_BYTES, 1);
    lengths.forEach((length, index) => {
      const at = run.add(0, length, index, 0);
      run.block.bytes.fill(index, at, at + HEADER_BYTES + length + TAG_BYTES);
    });
    return run;
  }
  const arrived = async (count: number) => {
    for (let turn = 0; turn < 100 && received.length < count; turn++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    return received.map((packet) => [packet[0], packet.length]);
  };

  it('sends a run with one call, and every packet arrives by itself', async () => {
    const { library, calls } = failing();
    expect(new UdpSender(library, fd).send(destination, runOf(1172, 1172, 1172, 40))).toBe('sent');
    expect(await arrived(4)).toEqual([
      [0, 1200],
      [1, 1200],
      [2, 1200],
      [3, 68],
    ]);
    expect(calls()).toBe(1);
  });

  it.each([
    ['EIO', 5],
    ['EMSGSIZE', 90],
    ['EINVAL', 22],
  ])('sends packet by packet from then on when UDP_SEGMENT is answered with %s', async (_name, errno) => {
    const { library, calls } = failing(errno);
    const sender = new UdpSender(library, fd);
    expect(sender.send(destination, runOf(1172, 1172, 40))).toBe('sent');
    expect(sender.usesSegments).toBe(false);
    expect(sender.send(destination, runOf(100, 100))).toBe('sent');
    expect((await arrived(5)).map(([, length]) => length)).toEqual([1200, 1200, 68, 128, 128]);
    expect(calls()).toBe(1 + 3 + 2);
  });

  it.each([
    ['EAGAIN', 11],
    ['ENOBUFS', 105],
  ])('says full for %s, and goes on afterwards', async (_name, errno) => {
    const { library } = failing(errno);
    const sender = new UdpSender(library, fd);
    expect(sender.send(destination, runOf(1172, 1172))).toBe('full');
    expect(sender.usesSegments).toBe(true);
    expect(sender.send(destination, runOf(50))).toBe('sent');
    expect(await arrived(1)).toHaveLength(1);
  });

  it.each([
    ['EMSGSIZE for a single packet', 90, 'failed'],
    ['EPERM', 1, 'failed'],
    ['ENETUNREACH', 101, 'failed'],
  ])('says failed for %s', (_name, errno, outcome) => {
    expect(new UdpSender(failing(errno).library, fd).send(destination, runOf(1172))).toBe(outcome);
  });

  it('stops at the packet that fails after segments were refused', () => {
    const { library, calls } = failing(5, 0, 11);
    expect(new UdpSender(library, fd).send(destination, runOf(1172, 1172, 1172))).toBe('full');
    expect(calls()).toBe(3);
  });
});

describe('openUdpSocket', () => {
  it('says which port is taken', () => {
    const first = openUdpSocket(real, '127.0.0.1', 0);
    const socket = createSocket('udp4');
    // With a descriptor `listening` comes at once.
    socket.bind({ fd: first });
    const { port } = socket.address();
    expect(() => openUdpSocket(real, '127.0.0.1', port)).toThrow(`bind EADDRINUSE 127.0.0.1:${port}`);
    socket.close();
  });
});

describe('socket addresses', () => {
  it.each([
    ['192.0.2.7', 'c0000207'],
    ['::1', '00000000000000000000000000000001'],
    ['2001:db8::8:800:200c:417a', '20010db80000000000080800200c417a'],
    ['::ffff:192.0.2.7', '00000000000000000000ffffc0000207'],
    ['fe80::1%eth0', 'fe800000000000000000000000000001'],
  ])('%s', (text, bytes) => {
    expect(Buffer.from(addressBytes(text)).toString('hex')).toBe(bytes);
  });

  it('refuses what is no address', () => {
    expect(() => socketAddress('1:2:3', 1)).toThrow('is not an IP address');
  });
});
