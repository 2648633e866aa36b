import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assetPath } from '../../platform/paths.ts';
import { loadVideoClip } from '../../simulators/clip.ts';
import { loopedCamera } from './testing/looped-camera.ts';
import { RawReader } from './testing/raw-reader.ts';
import { type ReaderGateway, startReaderGateway } from './testing/reader-gateway.ts';

let gateway: ReaderGateway;

beforeAll(async () => {
  const clip = await loadVideoClip(assetPath('sub-360p.h264'));
  gateway = await startReaderGateway(() => loopedCamera(clip));
});

afterAll(() => gateway.close());

test('a request may be cut at any byte, with reports in between', async () => {
  const reader = await RawReader.connect(gateway.output.port);
  await reader.play(0);
  const report = Buffer.from([0x24, 1, 0, 8, 0x80, 201, 0, 1, 0, 0, 0, 1]);
  const request = Buffer.from(`OPTIONS * RTSP/1.0\r\nCSeq: 99\r\nSession: ${reader.session}\r\n\r\n`);
  const bytes = Buffer.concat([report, request, report]);
  for (let cut = 1; cut < bytes.length; cut++) {
    reader.socket.write(bytes.subarray(0, cut));
    await turn();
    reader.socket.write(bytes.subarray(cut));
    expect((await reader.reply()).status).toBe(200);
  }
  reader.socket.destroy();
});

test('whatever bytes a client sends, the server answers the next client', async () => {
  const words = fc.constantFrom(
    'DESCRIBE',
    'SETUP',
    ' rtsp://x/cam',
    ' RTSP/1.0',
    '\r\n',
    '$',
    'CSeq: 1',
    'Session:',
    ':',
  );
  const noise = fc.array(fc.oneof(words, fc.string({ maxLength: 20 })), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(noise, async (parts) => {
      const stranger = await RawReader.connect(gateway.output.port);
      stranger.socket.write(parts.join(''), 'latin1');
      const reader = await RawReader.connect(gateway.output.port);
      expect((await reader.ask('OPTIONS')).status).toBe(200);
      stranger.socket.destroy();
      reader.socket.destroy();
    }),
    { numRuns: 60 },
  );
  await expect.poll(() => gateway.output.connections).toBe(0);
  expect(gateway.output.sessions).toBe(0);
});
