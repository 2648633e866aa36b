import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAgreedTransport, serializeTransportRequest } from './client-transport.ts';
import { chooseTransport } from './server-transport.ts';
import { parseTransportOffers, serializeTransportAnswer } from './transport-header.ts';

const usual = { cast: 'unicast', usesAddresses: false, isForeignProfile: false, isForeignMode: false };

describe('what clients ask for', () => {
  test.each([
    ['RTP/AVP/TCP;unicast;interleaved=0-1', { ...usual, carrier: 'tcp', channels: [0, 1] }],
    ['RTP/AVP;unicast;interleaved=6-7', { ...usual, carrier: 'tcp', channels: [6, 7] }],
    ['RTP/AVP/TCP;interleaved=4', { ...usual, carrier: 'tcp', channels: [4, 5] }],
    ['RTP/AVP;unicast;client_port=5000-5001', { ...usual, carrier: 'udp', clientPorts: [5000, 5001] }],
    ['RTP/AVP/UDP; unicast; client_port = 5000 - 5001', { ...usual, carrier: 'udp', clientPorts: [5000, 5001] }],
    ['RTP/AVP;multicast', { ...usual, carrier: 'udp', cast: 'multicast' }],
    ['RTP/SAVP;unicast;client_port=1-2', { ...usual, carrier: 'udp', clientPorts: [1, 2], isForeignProfile: true }],
    ['RTP/AVP;unicast;mode="RECORD"', { ...usual, carrier: 'udp', isForeignMode: true }],
    [
      'RTP/AVP/UDP;unicast;dest_addr=":8000"/":8001"',
      { ...usual, carrier: 'udp', clientPorts: [8000, 8001], usesAddresses: true },
    ],
    [
      'RTP/AVP/UDP;unicast;dest_addr="192.0.2.5:8000";RTCP-mux',
      { ...usual, carrier: 'udp', clientPorts: [8000, 8000], usesAddresses: true },
    ],
    ['RTP/AVP;unicast;client_port=70000-70001', { ...usual, carrier: 'udp' }],
  ])('%s', (text, expected) => {
    expect(parseTransportOffers(text)).toEqual([expected]);
  });

  test('alternatives keep their order, and what is not RTP is left out', () => {
    const offers = parseTransportOffers('RTP/AVP;multicast, HTTP/1.1, RTP/AVP/TCP;interleaved=0-1');
    expect(offers.map(({ carrier, cast }) => [carrier, cast])).toEqual([
      ['udp', 'multicast'],
      ['tcp', 'unicast'],
    ]);
  });

  test('no text makes it throw', () => {
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseTransportOffers(text))));
  });

  test.each(['1.0', '2.0'] as const)('our own client, in RTSP %s', (version) => {
    const udp = serializeTransportRequest({ kind: 'udp', clientPorts: [5000, 5001] }, version);
    expect(parseTransportOffers(udp)).toMatchObject([{ carrier: 'udp', clientPorts: [5000, 5001] }]);
  });
});

describe('what our own client understands of the answer', () => {
  test.each([true, false])('with addresses: %s', (usesAddresses) => {
    const read = (answer: Parameters<typeof serializeTransportAnswer>[0]) =>
      parseAgreedTransport(serializeTransportAnswer(answer, usesAddresses));
    expect(read({ kind: 'tcp', channels: [2, 3], ssrc: 0xabc })).toMatchObject({
      lower: 'tcp',
      channels: [2, 3],
      ssrc: 0xabc,
    });
    expect(read({ kind: 'udp', clientPorts: [5000, 5001], serverPorts: [6000, 6001], ssrc: 1 })).toMatchObject({
      lower: 'udp',
      serverPorts: [6000, 6001],
    });
    expect(read({ kind: 'multicast', address: '239.0.0.1', ports: [7000, 7001], ttl: 4 })).toMatchObject({
      multicast: true,
      groupPorts: [7000, 7001],
    });
  });
});

describe('chooseTransport', () => {
  const allowed = { udp: true, multicast: false };
  const none = new Set<number>();
  const choose = (text: string, taken: ReadonlySet<number> = none) =>
    chooseTransport(parseTransportOffers(text), allowed, taken)?.chosen;

  test.each([
    ['RTP/AVP;multicast,RTP/AVP;unicast;client_port=5000-5001', { kind: 'udp', clientPorts: [5000, 5001] }],
    ['RTP/SAVP;unicast;client_port=1-2,RTP/AVP/TCP;interleaved=8-9', { kind: 'tcp', channels: [8, 9] }],
    ['RTP/AVP/TCP;unicast', { kind: 'tcp', channels: [0, 1] }],
    ['RTP/AVP/TCP;interleaved=3-3', { kind: 'tcp', channels: [0, 1] }],
    ['RTP/AVP;unicast', undefined],
    ['RTP/AVP;unicast;client_port=0-1', undefined],
    ['RTP/AVP;multicast', undefined],
  ])('%s', (text, expected) => {
    expect(choose(text)).toEqual(expected);
  });

  test('channels of another track are not given twice', () => {
    expect(choose('RTP/AVP/TCP;interleaved=0-1', new Set([0, 1]))).toEqual({ kind: 'tcp', channels: [2, 3] });
    const all = new Set(Array.from({ length: 256 }, (_, channel) => channel));
    expect(choose('RTP/AVP/TCP;unicast', all)).toBeUndefined();
  });
});
