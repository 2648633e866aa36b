import { describe, expect, test } from 'vitest';
import type { LinkFaults } from '../../simulators/lossy-link.ts';
import { SimulatedWire } from '../../simulators/simulated-wire.ts';
import { shortOrLong } from '../../testing/long-run.ts';
import { PseudoTcp, type PseudoTcpOptions } from './pseudo-tcp.ts';
import { type PtcpPacket, parsePtcpPacket, serializeConnect, serializePtcpPacket } from './ptcp-packet.ts';

const TRANSFERRED_BYTES = shortOrLong(16, 64) * 1024 * 1024;
const PATTERN = Uint8Array.from({ length: 65_521 }, (_, index) => (index * 31 + (index >> 8)) & 255);

/** Bytes of an endless pattern whose period is not a multiple of any segment size. */
function pattern(at: number, length: number): Uint8Array {
  const start = at % PATTERN.length;
  if (start + length <= PATTERN.length) return PATTERN.subarray(start, start + length);
  const head = PATTERN.subarray(start);
  return Buffer.concat([head, pattern(0, length - head.length)]);
}

/** Sends `total` bytes one way and returns the wire once everything arrived and was compared. */
function transfer(total: number, faults: LinkFaults, options: PseudoTcpOptions = {}, seed = 1): SimulatedWire {
  let sent = 0;
  let received = 0;
  let isExact = true;
  const feed = (): void => {
    const [, sender] = wire.ends;
    while (sent < total && sender.unsentBytes < 128 * 1024) {
      const length = Math.min(1292, total - sent);
      sender.write(pattern(sent, length), wire.nowMs);
      sent += length;
    }
  };
  const wire: SimulatedWire = new SimulatedWire(
    faults,
    [
      {
        deliver: (bytes) => {
          isExact &&= Buffer.compare(bytes, pattern(received, bytes.length)) === 0;
          received += bytes.length;
        },
      },
      { established: feed, writable: feed },
    ],
    options,
    seed,
  );
  wire.ends[0].connect(wire.nowMs);
  wire.run(() => received >= total);
  expect({ received, isExact }).toEqual({ received: total, isExact: true });
  return wire;
}

describe('a transfer on a bad network', () => {
  test.each([0, 1, 3, 5])(
    'many megabytes arrive byte for byte at %i percent loss with duplicates and reordering',
    (lossPercent) => {
      transfer(TRANSFERRED_BYTES, { lossPercent, duplicatePercent: 2, reorderPercent: 2 });
    },
  );

  test('the transfer continues when sequence numbers wrap', () => {
    transfer(
      4 << 20,
      { lossPercent: 2, duplicatePercent: 2, reorderPercent: 2 },
      { initialSequence: 2 ** 32 - 1_000_000 },
    );
  });

  test('a clean network carries each byte once', () => {
    const wire = transfer(1 << 20, {});
    expect(wire.datagrams).toBeLessThan(1.6 * ((1 << 20) / 1292));
  });

  test('a scaled window lets more than 64 KiB be in flight', () => {
    const plain = transfer(8 << 20, { delayMs: 50 });
    const scaled = transfer(8 << 20, { delayMs: 50 }, { windowScale: 3 });
    expect(scaled.nowMs).toBeLessThan(plain.nowMs / 3);
  });

  test('two hundred seeds at 20 % loss', () => {
    for (let seed = 1; seed <= 200; seed++) {
      transfer(40_000, { lossPercent: 20, duplicatePercent: 10, reorderPercent: 20 }, {}, seed);
    }
  });
});

test('both directions at once', () => {
  const received = [0, 0];
  const wire = new SimulatedWire({ lossPercent: 3, duplicatePercent: 2, reorderPercent: 5 }, [
    {
      deliver: (bytes) => {
        received[0] = (received[0] ?? 0) + bytes.length;
      },
    },
    {
      deliver: (bytes) => {
        received[1] = (received[1] ?? 0) + bytes.length;
      },
    },
  ]);
  wire.ends[0].connect(wire.nowMs);
  wire.run(() => wire.ends[1].state === 'open');
  for (const end of wire.ends) end.write(new Uint8Array(500_000), wire.nowMs);
  wire.run(() => received[0] === 500_000 && received[1] === 500_000);
  expect(received).toEqual([500_000, 500_000]);
});

test('a paused reader closes the window, and opening it brings the rest', () => {
  let received = 0;
  const wire = new SimulatedWire({ lossPercent: 2 }, [
    {
      deliver: (bytes) => {
        received += bytes.length;
      },
    },
    {},
  ]);
  const [reader, writer] = wire.ends;
  reader.connect(wire.nowMs);
  wire.run(() => reader.state === 'open');
  reader.pause();
  writer.write(new Uint8Array(300_000), wire.nowMs);
  wire.run(() => false, 30_000);
  expect(received).toBe(0);
  expect(300_000 - writer.unacknowledgedBytes).toBe(0xffff);
  reader.resume(wire.nowMs);
  wire.run(() => received === 300_000, 600_000);
  expect(received).toBe(300_000);
});

test('probing finds a reopened window when its announcement was lost', () => {
  let received = 0;
  const wire = new SimulatedWire({}, [
    {
      deliver: (bytes) => {
        received += bytes.length;
      },
    },
    {},
  ]);
  const [reader, writer] = wire.ends;
  reader.connect(wire.nowMs);
  wire.run(() => reader.state === 'open');
  reader.pause();
  writer.write(new Uint8Array(200_000), wire.nowMs);
  wire.run(() => false, 10_000);
  wire.isCut = true;
  reader.resume(wire.nowMs);
  wire.isCut = false;
  wire.run(() => received === 200_000, 600_000);
  expect(received).toBe(200_000);
});

test('silence ends the connection after fifteen transmissions', () => {
  let reason: string | undefined;
  const wire = new SimulatedWire({}, [
    {
      closed: (why) => {
        reason = why;
      },
    },
    {},
  ]);
  wire.ends[0].connect(wire.nowMs);
  wire.run(() => wire.ends[0].state === 'open');
  wire.run(() => false, 1000);
  wire.isCut = true;
  const before = wire.datagrams;
  wire.ends[0].write(new Uint8Array(10), wire.nowMs);
  wire.run(() => false);
  expect(reason).toBe('silent');
  expect(wire.datagrams - before).toBe(15);
});

test('a reset from the peer closes the connection, a forged one does not', () => {
  let reason: string | undefined;
  const wire = new SimulatedWire({}, [
    {
      closed: (why) => {
        reason = why;
      },
    },
    {},
  ]);
  const [client, device] = wire.ends;
  client.connect(wire.nowMs);
  wire.run(() => client.state === 'open');
  client.receive({ ...EMPTY, sequence: 0x50000000, flags: 4 }, wire.nowMs);
  expect(reason).toBeUndefined();
  device.reset(wire.nowMs);
  wire.run(() => reason !== undefined, 1000);
  expect(reason).toBe('reset');
});

const EMPTY: PtcpPacket = {
  sequence: 4,
  acknowledgment: 4,
  flags: 0,
  window: 0xffff,
  timestampMs: 0,
  echoMs: 0,
  body: new Uint8Array(0),
};

/** A client that believes it is connected, and the packets that it sends from then on. */
function connected(): { client: PseudoTcp; sent: PtcpPacket[]; delivered: Uint8Array[] } {
  const sent: PtcpPacket[] = [];
  const delivered: Uint8Array[] = [];
  const client = new PseudoTcp({
    transmit: (packet) => sent.push(packet),
    deliver: (bytes) => delivered.push(bytes),
    established: () => {},
    writable: () => {},
    closed: () => {},
  });
  client.connect(1000);
  client.receive({ ...EMPTY, sequence: 0, flags: 2, body: serializeConnect(0) }, 1010);
  sent.length = 0;
  return { client, sent, delivered };
}

describe('acknowledgments', () => {
  test('one segment in order waits for a second', () => {
    const { client, sent } = connected();
    client.tick(1050);
    sent.length = 0;
    client.receive({ ...EMPTY, body: new Uint8Array(10) }, 1060);
    expect(sent).toEqual([]);
    client.receive({ ...EMPTY, sequence: 14, body: new Uint8Array(10) }, 1061);
    expect(sent.map((packet) => packet.acknowledgment)).toEqual([24]);
  });

  test('a gap and a repetition are answered at once with what is missing', () => {
    const { client, sent } = connected();
    client.receive({ ...EMPTY, sequence: 14, body: new Uint8Array(10) }, 1020);
    client.receive({ ...EMPTY, body: new Uint8Array(10) }, 1021);
    client.receive({ ...EMPTY, body: new Uint8Array(10) }, 1022);
    expect(sent.map((packet) => packet.acknowledgment)).toEqual([4, 24, 24]);
  });

  test('empty segments are not answered, whether in order or beyond a gap', () => {
    const { client, sent } = connected();
    client.tick(1050);
    sent.length = 0;
    client.receive(EMPTY, 1060);
    client.receive({ ...EMPTY, sequence: 900 }, 1061);
    client.tick(2000);
    expect(sent).toEqual([]);
  });

  test('the timestamp of an empty or early segment is not echoed', () => {
    const { client, sent } = connected();
    client.tick(1050);
    client.receive({ ...EMPTY, timestampMs: 111, body: new Uint8Array(10) }, 1060);
    client.tick(1100);
    client.receive({ ...EMPTY, timestampMs: 222, sequence: 14 }, 1110);
    client.receive({ ...EMPTY, timestampMs: 333, sequence: 50, body: new Uint8Array(10) }, 1120);
    expect(sent.at(-1)).toMatchObject({ acknowledgment: 14, echoMs: 111 });
  });

  test('a packet that acknowledges bytes that were never sent is ignored', () => {
    const { client, delivered } = connected();
    client.receive({ ...EMPTY, acknowledgment: 99, body: Uint8Array.of(1) }, 1020);
    expect(delivered).toEqual([]);
  });

  test('three repeated acknowledgments make it send the oldest segment again before its timeout', () => {
    const { client, sent } = connected();
    client.receive(EMPTY, 1015);
    client.write(Uint8Array.of(1), 1020);
    client.write(Uint8Array.of(2), 1020);
    sent.length = 0;
    for (let copy = 0; copy < 3; copy++) client.receive(EMPTY, 1030);
    expect(sent.map((packet) => [packet.sequence, ...packet.body])).toEqual([[4, 1]]);
  });
});

test('a lost retransmission is sent again without waiting for its timeout', () => {
  const { client, sent } = connected();
  client.receive(EMPTY, 1015);
  for (let segment = 0; segment < 3; segment++) client.write(new Uint8Array(1292), 1020);
  sent.length = 0;
  for (let copy = 0; copy < 3; copy++) client.receive(EMPTY, 1030);
  const afterFirst = sent.filter((packet) => packet.sequence === 4).length;
  for (let copy = 0; copy < 7; copy++) client.receive(EMPTY, 1031);
  expect([afterFirst, sent.filter((packet) => packet.sequence === 4).length]).toEqual([1, 2]);
});

/** Section 10 of the specification: what a device sends, and exactly which bytes the client has to send when. */
test('the handshake of a real device, byte for byte', () => {
  const wire: string[] = [];
  const client = new PseudoTcp({
    transmit: (packet) => wire.push(hex(packet)),
    deliver: () => {},
    established: () => {},
    writable: () => {},
    closed: () => {},
  });
  const frame = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');
  client.connect(1000);
  client.receive(parsePtcpPacket(frame('50544350 00000000 00000004 0002ffff 00011170 000003e8 00030100')), 1010);
  client.write(frame('17000000 00000000 00000000'), 0x424);
  const sign = '50544350 00000004 00000010 0000fff3 0001121a 00000424 18000000 00000000 00000000 dc739b7f';
  client.receive(parsePtcpPacket(frame(sign)), 0x4ce - 10);
  client.tick(0x4ce);
  expect(wire).toEqual([
    '50544350 00000000 00000000 0002ffff 000003e8 00000000 00030100',
    '50544350 00000004 00000004 0000ffff 00000424 00011170 17000000 00000000 00000000',
    '50544350 00000010 00000014 0000ffff 000004ce 0001121a',
  ]);
});

function hex(packet: PtcpPacket): string {
  const text = Buffer.from(serializePtcpPacket(packet)).toString('hex');
  return (text.match(/.{1,8}/g) ?? []).join(' ');
}
