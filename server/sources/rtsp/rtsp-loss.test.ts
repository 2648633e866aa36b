import { afterEach, expect, test } from 'vitest';
import type { CameraMemory } from '../../hub/source.ts';
import { assetPath } from '../../platform/paths.ts';
import { loadVideoClip } from '../../simulators/clip.ts';
import { type RtspCamera, startRtspCamera } from '../../simulators/rtsp-camera.ts';
import type { RtspCameraQuirks } from '../../simulators/rtsp-camera-quirks.ts';
import { LossMeter } from './loss-meter.ts';
import { type Recording, recordSource } from './source-recording.ts';
import { readUdpLoss, rememberUdpLoss } from './udp-loss.ts';

let camera: RtspCamera | undefined;

afterEach(async () => {
  await camera?.close();
});

const facts = new Map<string, string>();
const memory: CameraMemory = { get: (key) => facts.get(key), set: (key, value) => void facts.set(key, value) };

async function start(quirks: RtspCameraQuirks): Promise<string> {
  facts.clear();
  const clip = await loadVideoClip(assetPath('main-720p.h264'));
  camera = await startRtspCamera({ paths: [{ path: '/live', clip, quirks }] });
  return camera.url('/live');
}

/** The transports that the camera was asked for, in their order. */
function asked(): string[] {
  const setups = camera?.requests.filter(({ method }) => method === 'SETUP') ?? [];
  return setups.map(({ headers }) => (/TCP/.test(JSON.stringify(headers)) ? 'tcp' : 'udp'));
}

function watch(url: string, more: { enough?: (units: Recording['units']) => boolean; timeoutMs: number }) {
  return recordSource({ url, transport: 'udp', context: { memory }, ...more });
}

test('a camera that loses 30 % over UDP is asked for TCP after ten seconds, and at once the next time', async () => {
  const url = await start({ network: { lossPercent: 30 } });
  const isWhole = (units: Recording['units']): boolean => asked().includes('tcp') && units.at(-1)?.keyframe === true;
  const first = await watch(url, { enough: isWhole, timeoutMs: 20_000 });
  expect(asked()).toEqual(['udp', 'tcp']);
  expect(first.error).toBeUndefined();
  expect(readUdpLoss(memory, Date.now())?.lossPercent).toBeGreaterThan(20);
  await watch(url, { timeoutMs: 5000 });
  expect(asked()).toEqual(['udp', 'tcp', 'tcp']);
}, 40_000);

test('a lossy connection that is given up early is not tried again over UDP either', async () => {
  const url = await start({ network: { lossPercent: 30 } });
  await watch(url, { enough: () => false, timeoutMs: 6000 });
  expect(asked()).toEqual(['udp']);
  await watch(url, { timeoutMs: 5000 });
  expect(asked()).toEqual(['udp', 'tcp']);
}, 30_000);

test('a camera that knows no TCP keeps its UDP, whatever is lost', async () => {
  const url = await start({ network: { lossPercent: 30 }, transport: { refuses: ['tcp'] } });
  rememberUdpLoss(memory, 30, Date.now());
  const { error } = await watch(url, { enough: () => false, timeoutMs: 12_000 });
  expect(error).toBeUndefined();
  expect(asked()).toEqual(['tcp', 'udp']);
  expect(readUdpLoss(memory, Date.now())).toBeUndefined();
}, 30_000);

test('what was lost over UDP is forgotten after an hour', () => {
  facts.clear();
  rememberUdpLoss(memory, 12.4, 1000);
  expect(readUdpLoss(memory, 2000)).toEqual({ lossPercent: 12, untilMs: 3_601_000 });
  expect(readUdpLoss(memory, 3_601_000)).toBeUndefined();
});

test('loss is measured stretch by stretch, and needs packets to be told', () => {
  const meter = new LossMeter();
  expect(meter.percent({ expected: 99, received: 1 })).toBeUndefined();
  expect(meter.percent({ expected: 200, received: 190 })).toBe(5);
  meter.next({ expected: 200, received: 190 });
  expect(meter.percent({ expected: 400, received: 390 })).toBe(0);
  expect(meter.percent({ expected: 10, received: 10 })).toBeUndefined();
});
