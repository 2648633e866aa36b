import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { discoverOnvif } from './discover-onvif.ts';
import type { FoundCamera } from './found-camera.ts';

const answer = (name: string): string =>
  `<Envelope><Body><ProbeMatches><ProbeMatch><Address>urn:uuid:1</Address><Scopes>onvif://www.onvif.org/name/${name}</Scopes><XAddrs>http://10.9.9.9/onvif</XAddrs></ProbeMatch></ProbeMatches></Body></Envelope>`;

test('a camera that answers several times is reported once, with its brand’s address, and other datagrams are ignored', async () => {
  const camera = createSocket('udp4');
  camera.bind(0, '127.0.0.1');
  await once(camera, 'listening');
  let asked = 0;
  camera.on('message', (bytes, from) => {
    expect(bytes.toString()).toContain('NetworkVideoTransmitter');
    asked++;
    camera.send('noise', from.port, from.address);
    camera.send(answer('HIKVISION'), from.port, from.address);
  });
  const found: FoundCamera[] = [];
  const { signal } = new AbortController();
  await discoverOnvif({ listenMs: 900, signal, target: { address: '127.0.0.1', port: camera.address().port } }, (one) =>
    found.push(one),
  );
  camera.close();
  expect(asked).toBe(3);
  expect(found).toEqual([
    { kind: 'onvif', address: '127.0.0.1', name: 'HIKVISION', url: 'rtsp://127.0.0.1/Streaming/Channels/101' },
  ]);
});

test('an abort ends the wait at once', async () => {
  const stop = new AbortController();
  const startedMs = Date.now();
  const done = discoverOnvif(
    { listenMs: 60_000, signal: stop.signal, target: { address: '127.0.0.1', port: 9 } },
    () => {},
  );
  stop.abort();
  await done;
  expect(Date.now() - startedMs).toBeLessThan(5000);
});
