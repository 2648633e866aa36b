import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { decodeAutokey, encodeAutokey } from '../protocols/kasa/autokey.ts';
import { discoverKasa } from './discover-kasa.ts';
import type { FoundCamera } from './found-camera.ts';

async function look(answer: unknown, hosts: readonly string[]): Promise<FoundCamera[]> {
  const device = createSocket('udp4');
  device.bind(0, '127.0.0.1');
  await once(device, 'listening');
  const stream = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(stream, 'listening');
  device.on('message', (bytes, from) => {
    expect(Buffer.from(decodeAutokey(bytes)).toString()).toContain('get_sysinfo');
    if (answer) device.send(encodeAutokey(Buffer.from(JSON.stringify(answer))), from.port, from.address);
  });
  const found: FoundCamera[] = [];
  const target = { hosts, udpPort: device.address().port, streamPort: (stream.address() as AddressInfo).port };
  await discoverKasa({ listenMs: 500, signal: new AbortController().signal, target }, (camera) => found.push(camera));
  device.close();
  stream.close();
  return found;
}

test('a camera that answers is found once and with its own name', async () => {
  const camera = { system: { get_sysinfo: { system: { type: 'IOT.IPCAMERA', alias: 'Nursery', model: 'EC60' } } } };
  const found = await look(camera, ['127.0.0.1']);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ kind: 'kasa', name: 'Nursery', address: '127.0.0.1' });
});

test('a silent camera is found by its open port', async () => {
  const [camera] = await look(undefined, ['127.0.0.1']);
  expect(camera?.name).toBe('Kasa camera at 127.0.0.1');
  expect(camera?.url).toMatch(/^kasa:\/\/127\.0\.0\.1:\d+$/);
});

test('a plug is not reported as a camera', async () => {
  const plug = { system: { get_sysinfo: { type: 'IOT.SMARTPLUGSWITCH', alias: 'Lamp' } } };
  expect((await look(plug, ['127.0.0.1'])).map((camera) => camera.name)).not.toContain('Lamp');
});
