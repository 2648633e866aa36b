import { expect, test } from 'vitest';
import { GatewayError } from '../../gateway/gateway-error.ts';
import type { TransportRequest } from '../transport.ts';
import { BufferedTransport } from './buffered-transport.ts';

/** What a browser's video counts; the rest of a request is not looked at here. */
const video = { getVideoPlaybackQuality: () => ({ droppedVideoFrames: 2 }) } as HTMLVideoElement;

function open(run: (transport: BufferedTransport, signal: AbortSignal) => Promise<void>) {
  const heard: string[] = [];
  const request = {
    video,
    connected: () => heard.push('connected'),
    lost: (loss) => heard.push(`lost: ${JSON.stringify(loss)}`),
  } as Partial<TransportRequest> as TransportRequest;
  const transport = new BufferedTransport(request, (opened) => ({
    run: (signal) => run(opened, signal),
    release: () => heard.push('released'),
  }));
  return { transport, heard };
}

const forever = () => new Promise<void>(() => undefined);

test('is connected with the first bytes, once, and counts all of them', async () => {
  const { transport, heard } = open(forever);
  expect((await transport.statistics()).milestones.firstBytes).toBeUndefined();
  transport.received(1000);
  transport.received(500);
  expect(heard).toEqual(['connected']);
  const { bytesReceived, framesDropped, milestones } = await transport.statistics();
  expect([bytesReceived, framesDropped]).toEqual([1500, 2]);
  expect(milestones.firstBytes).toBeGreaterThanOrEqual(milestones.asked ?? Number.NaN);
});

test('a refusal by the gateway ends it with the gateway’s words', async () => {
  const { heard } = open(() => Promise.reject(new GatewayError('share-revoked', 'Taken back.')));
  await Promise.resolve();
  await Promise.resolve();
  expect(heard).toEqual(['released', 'lost: {"kind":"refused","code":"share-revoked","message":"Taken back."}']);
});

test('is lost once, whatever breaks afterwards', async () => {
  const { transport, heard } = open(forever);
  transport.lose({ kind: 'broken', why: 'decoder' });
  transport.lose({ kind: 'broken', why: 'uneven' });
  expect(heard).toEqual(['released', 'lost: {"kind":"broken","why":"decoder"}']);
});

test('closed from outside it stops its work and is not lost', async () => {
  let stopped: AbortSignal | undefined;
  const { transport, heard } = open((_transport, signal) => {
    stopped = signal;
    return forever();
  });
  transport.close();
  transport.close();
  transport.lose({ kind: 'broken', why: 'connection' });
  expect(stopped?.aborted).toBe(true);
  expect(heard).toEqual(['released']);
});
