import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CameraId } from '../../../shared/ids.ts';
import { testRight } from '../../hub/testing/test-right.ts';
import { systemClock } from '../../platform/clock.ts';
import { type ClipGateway, startClipGateway } from '../../testing/clip-gateway.ts';
import { jpegOfKeyFrame } from './jpeg-of-key-frame.ts';
import { StillOutput } from './still-output.ts';

let gateway: ClipGateway;
let output: StillOutput;
const viewer = { who: 'Ann', right: testRight() };
const never = (): AbortSignal => new AbortController().signal;

beforeEach(async () => {
  gateway = await startClipGateway({ door: 'sub-360p.h264', tall: 'main-720p.h265', gone: 'no-such-file.h264' });
  output = new StillOutput(gateway.hub, systemClock);
});
afterEach(() => gateway.close());

/** Reads width and height from the frame header of a JPEG. */
function sizeOf(jpeg: Uint8Array): string {
  const bytes = Buffer.from(jpeg);
  expect(bytes.subarray(0, 2).toString('hex')).toBe('ffd8');
  const frame = bytes.indexOf(Buffer.from('ffc0', 'hex'));
  return `${bytes.readUInt16BE(frame + 7)} x ${bytes.readUInt16BE(frame + 5)}`;
}

test.each([
  ['door', '640 x 360'],
  ['tall', '1280 x 720'],
])('a camera that nobody watches (%s) is connected to for one picture, then left', async (camera, size) => {
  const still = await output.take({ camera: camera as CameraId, quality: 'main', viewer }, never());
  expect(sizeOf(still.jpeg)).toBe(size);
  expect(Math.abs(still.takenMs - Date.now())).toBeLessThan(5000);
  expect(gateway.hub.viewers()).toEqual([]);
});

test('many who ask at the same time are served by one decoder run', async () => {
  const door = 'door' as CameraId;
  const watch = gateway.hub.watch(door, 'main', { ...viewer, kind: 'mp4', end: () => {} });
  const stills = await Promise.all(
    Array.from({ length: 40 }, () => output.take({ camera: door, quality: 'main', viewer }, never())),
  );
  expect(new Set(stills.map(({ jpeg }) => jpeg)).size).toBeLessThanOrEqual(2);
  watch.close();
});

test('a camera that is offline says why', async () => {
  const asked = output.take({ camera: 'gone' as CameraId, quality: 'main', viewer }, never());
  await expect(asked).rejects.toMatchObject({ code: 'no-such-path' });
  expect(gateway.hub.viewers()).toEqual([]);
});

test('a caller who goes away ends the wait', async () => {
  const gone = new AbortController();
  const asked = output.take({ camera: 'door' as CameraId, quality: 'main', viewer }, gone.signal);
  gone.abort();
  await expect(asked).rejects.toMatchObject({ code: 'viewer-lost' });
  expect(gateway.hub.viewers()).toEqual([]);
});

test('the last picture stays available without a connection when nobody watches the camera any more', async () => {
  const door = { camera: 'door' as CameraId, quality: 'main', viewer } as const;
  expect(output.last(door)).toBeUndefined();
  await output.take(door, never());
  const last = output.last(door);
  expect(last?.mimeType).toMatch(/^video\/mp4; codecs="avc1\./);
  expect(Math.abs((last?.takenMs ?? 0) - Date.now())).toBeLessThan(5000);
  expect(gateway.hub.runningSources).toBe(0);
  await gateway.hub.restartCamera(door.camera);
  expect(output.last(door), 'of a camera that is another one now').toBeUndefined();
});

test('a still is refused when the link has no free seat', async () => {
  const camera = 'door' as CameraId;
  const guest = { who: 'Guest', right: testRight('link'), maxViewers: 1 };
  const watch = gateway.hub.watch(camera, 'main', { ...guest, address: '192.0.2.1', kind: 'mp4', end: () => {} });
  const ask = (address: string) => output.take({ camera, quality: 'main', viewer: { ...guest, address } }, never());
  await expect(ask('192.0.2.2')).rejects.toMatchObject({ code: 'too-many-viewers' });
  await expect(ask('192.0.2.1')).resolves.toBeDefined();
  watch.close();
  await expect(ask('192.0.2.2')).resolves.toBeDefined();
});

test('a picture that cannot be decoded is reported and not served', async () => {
  await expect(jpegOfKeyFrame('h264', [Uint8Array.of(0x65, 1, 2, 3)])).rejects.toMatchObject({ code: 'bad-data' });
});
