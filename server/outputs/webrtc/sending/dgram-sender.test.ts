import { fork } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { numberedRun } from '../testing/numbered-run.ts';
import { portableSendPath } from './send-path.ts';

type FullSocket = { readonly outcomes: string[]; readonly waitingBytes: number; readonly mostBytes: number };

/** The byte that fills a packet and its length. Throws when the packet is a mixture. */
const contentsOf = (packet: Buffer) =>
  packet.every((byte) => byte === packet[0]) ? [packet[0], packet.length] : packet;

describe('DgramSender', () => {
  let receiver: Socket;
  let received: Buffer[];

  beforeEach(async () => {
    received = [];
    receiver = createSocket('udp4', (packet) => received.push(packet));
    receiver.bind(0, '127.0.0.1');
    await once(receiver, 'listening');
  });
  afterEach(() => receiver.close());

  const arrived = async (count: number) => {
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(count);
    return received.map(contentsOf);
  };

  it('sends equal and different runs, with each packet as its own datagram', async () => {
    const { socket, senderTo } = await portableSendPath().bind('127.0.0.1', 0);
    const send = senderTo('127.0.0.1', receiver.address().port);
    const runs = [[1200, 1200, 1200, 40], [1200, 1200, 77], [1190, 1190, 77], [1200, 1200, 1200, 40], [200]];
    const expected = runs.flatMap((lengths, round) => lengths.map((length, index) => [round * 10 + index, length]));
    runs.forEach((lengths, round) => {
      expect(send(numberedRun(round * 10, lengths))).toBe('sent');
    });
    expect(await arrived(expected.length)).toEqual(expected);
    socket.close();
  });

  it('keeps waiting packets unchanged when the system has no room, and accepts at most a megabyte', async () => {
    const program = new URL('../testing/full-socket.ts', import.meta.url);
    const child = fork(program, [String(receiver.address().port)], {
      execArgv: ['--test-udp-no-try-send', '--import', 'tsx'],
    });
    const [report] = (await once(child, 'message')) as [FullSocket];
    expect(report.outcomes.slice(0, 4)).toEqual(['sent', 'sent', 'sent', 'sent']);
    expect(report.waitingBytes).toBeGreaterThan(20 * 1200);
    expect(await arrived(40)).toEqual(Array.from({ length: 40 }, (_, number) => [number, 1200]));
    expect(report.outcomes.at(-1)).toBe('full');
    expect(report.mostBytes).toBeGreaterThan(1024 * 1024);
    expect(report.mostBytes).toBeLessThan(1024 * 1024 + 2 * 10 * 1200);
  });
});
