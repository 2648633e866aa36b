import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAgreedTransport, serializeTransportRequest } from './client-transport.ts';

describe('parseAgreedTransport', () => {
  test.each([
    ['RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=0BADCAFE', { lower: 'tcp', channels: [2, 3], ssrc: 0x0badcafe }],
    ['RTP/AVP;unicast;interleaved=0', { lower: 'tcp', channels: [0, 1] }],
    ['ssrc=1 2 3;RTP/AVP/TCP;unicast', { lower: 'tcp', ssrc: 0x123 }],
    ['RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=whatever', { lower: 'tcp', channels: [0, 1] }],
    [
      'RTP/AVP/UDP;unicast;client_port=5000-5001;server_port=6000-6001;source=10.0.0.1',
      { lower: 'udp', serverPorts: [6000, 6001], source: '10.0.0.1' },
    ],
    [
      'RTP/AVP;multicast;destination=239.1.1.1;port=5000-5001;ttl=16',
      { lower: 'udp', multicast: true, destination: '239.1.1.1', groupPorts: [5000, 5001] },
    ],
    [
      'RTP/AVP;unicast;dest_addr=":5000"/":5001";src_addr="10.0.0.1:6000"/"10.0.0.1:6001"',
      { lower: 'udp', serverPorts: [6000, 6001], source: '10.0.0.1' },
    ],
    [
      'RTP/AVP/UDP;multicast;dest_addr="[ff02::1]:5000"/"[ff02::1]:5001"',
      { multicast: true, destination: 'ff02::1', groupPorts: [5000, 5001] },
    ],
    ['RTP/AVP;unicast;source=camera.lan', { source: 'camera.lan' }],
    ['', { lower: 'udp', multicast: false }],
  ])('%s', (value, expected) => {
    expect(parseAgreedTransport(value)).toMatchObject(expected);
  });

  test('any text is taken', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'RTP/AVC;=-:"0 ') }),
        (text) => parseAgreedTransport(text).lower !== undefined,
      ),
    );
  });
});

test.each([
  [{ kind: 'tcp', channels: [0, 1] }, '1.0', 'RTP/AVP/TCP;unicast;interleaved=0-1'],
  [{ kind: 'tcp', channels: [0, 1] }, '2.0', 'RTP/AVP/TCP;unicast;interleaved=0-1'],
  [{ kind: 'udp', clientPorts: [5000, 5001] }, '1.0', 'RTP/AVP;unicast;client_port=5000-5001'],
  [{ kind: 'udp', clientPorts: [5000, 5001] }, '2.0', 'RTP/AVP;unicast;dest_addr=":5000"/":5001"'],
  [{ kind: 'multicast' }, '1.0', 'RTP/AVP;multicast'],
] as const)('%j in RTSP %s', (request, version, expected) => {
  expect(serializeTransportRequest(request, version)).toBe(expected);
});
