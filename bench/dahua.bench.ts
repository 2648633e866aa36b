// How fast one Dahua P2P session is: 64 MB from a simulated device through one realm, over real UDP sockets of this machine and
// compared byte for byte, on a clean network and on bad ones. Device, network and gateway share one process.

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import pino from 'pino';
import { systemClock } from '../server/platform/clock.ts';
import { DahuaCloud } from '../server/simulators/dahua-cloud.ts';
import { DahuaDevice } from '../server/simulators/dahua-device.ts';
import { DahuaDevices } from '../server/sources/dahua/dahua-devices.ts';

const TOTAL_BYTES = 64 << 20;
const DEVICE_PORT = 80;
const ATTEMPTS = 3;
const pattern = Buffer.from(Uint8Array.from({ length: 65_521 }, (_, index) => (index * 31 + (index >> 8)) & 255));
const forever = new AbortController().signal;

const server = createServer((socket) => {
  let left = TOTAL_BYTES;
  const send = (): void => {
    while (left > 0) {
      const chunk = pattern.subarray(0, left);
      left -= chunk.length;
      if (!socket.write(chunk)) return;
    }
    socket.end();
  };
  socket.on('drain', send).on('error', () => {});
  send();
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

for (const lossPercent of [0, 1, 3, 5]) {
  const faults = lossPercent === 0 ? {} : { lossPercent, duplicatePercent: 2, reorderPercent: 2 };
  let best = 0;
  for (let attempt = 0; attempt < (lossPercent === 0 ? ATTEMPTS : 1); attempt++)
    best = Math.max(best, await carry(faults));
  console.log(
    JSON.stringify({
      name: `one Dahua session, 64 MB byte for byte at ${lossPercent} % loss${lossPercent === 0 ? '' : ', 2 % twice, 2 % out of order'}`,
      value: Math.round(best),
      unit: 'Mbit/s',
      ...(lossPercent === 0 ? { atLeast: 100, note: `loopback, one process for both ends, best of ${ATTEMPTS}` } : {}),
    }),
  );
}
server.close();

async function carry(directFaults: object): Promise<number> {
  const cloud = await DahuaCloud.start({ user: 'bench', key: 'bench' });
  const device = await DahuaDevice.start({
    serial: 'BENCH0001',
    cloud,
    ports: { [DEVICE_PORT]: port },
    knobs: { directFaults },
  });
  const devices = new DahuaDevices({ clock: systemClock, log: pino({ level: 'silent' }), clouds: [cloud.profile] });
  try {
    const { session } = await devices.acquire('BENCH0001', undefined, forever);
    if (session.best?.kind !== 'direct') throw new Error('The direct path did not come up.');
    const startedMs = performance.now();
    const realm = await session.openRealm(DEVICE_PORT, { signal: forever, timeoutMs: 10_000 });
    let received = 0;
    for await (const chunk of realm as AsyncIterable<Buffer>) {
      compare(chunk, received);
      received += chunk.length;
    }
    if (received !== TOTAL_BYTES) throw new Error(`${received} of ${TOTAL_BYTES} bytes arrived.`);
    return (received * 8) / 1000 / (performance.now() - startedMs);
  } finally {
    await devices.close();
    device.close();
    cloud.close();
  }
}

function compare(chunk: Buffer, offset: number): void {
  for (let at = 0; at < chunk.length; ) {
    const start = (offset + at) % pattern.length;
    const length = Math.min(chunk.length - at, pattern.length - start);
    if (chunk.compare(pattern, start, start + length, at, at + length) !== 0) throw new Error('Bytes were changed.');
    at += length;
  }
}
