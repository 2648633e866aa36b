import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidatePriority, parseIceCandidate, serializeIceCandidate } from './ice-candidate.ts';
import { TcpFrameReader, tcpFrame } from './tcp-framing.ts';

describe('ICE candidates', () => {
  it.each([
    [
      'Chromium',
      'candidate:842163049 1 udp 1677729535 198.51.100.7 40678 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag Ab12 network-cost 999',
      { transport: 'udp', address: '198.51.100.7', port: 40_678, type: 'srflx' },
    ],
    [
      'Firefox with mDNS',
      'a=candidate:0 1 UDP 2122252543 3f1ee3b9-9a3b-4f0c-a9f9-2d4e8e7b8d5c.local 51000 typ host',
      { transport: 'udp', address: '3f1ee3b9-9a3b-4f0c-a9f9-2d4e8e7b8d5c.local', type: 'host' },
    ],
    [
      'active TCP',
      'candidate:1 1 tcp 1518280447 192.0.2.5 9 typ host tcptype active',
      { transport: 'tcp', port: 9, tcpType: 'active' },
    ],
  ])('reads what %s writes', (_name, text, expected) => {
    expect(parseIceCandidate(text)).toMatchObject(expected);
  });

  it.each([
    [''],
    ['candidate:1 1 sctp 1 192.0.2.1 9 typ host'],
    ['candidate:1 1 udp x 192.0.2.1 9 typ host'],
    ['candidate:1 1 udp 1 192.0.2.1 70000 typ host'],
  ])('ignores %j', (text) => {
    expect(parseIceCandidate(text)).toBeUndefined();
  });

  it('writes what it reads', () => {
    const text = 'candidate:7 1 tcp 1010827519 192.0.2.5 8189 typ host tcptype passive';
    expect(serializeIceCandidate(parseIceCandidate(text) as never)).toBe(text);
  });

  it('prefers UDP to TCP and the first address to the second', () => {
    const udp = [
      candidatePriority('host', 'udp', 0),
      candidatePriority('host', 'udp', 1),
      candidatePriority('srflx', 'udp', 0),
    ];
    expect([...udp, candidatePriority('host', 'tcp', 0)]).toEqual(
      [...udp, candidatePriority('host', 'tcp', 0)].sort((a, b) => b - a),
    );
    expect(udp[0]).toBeLessThan(2 ** 31);
  });
});

describe('TcpFrameReader', () => {
  it('finds the same packets however TCP cut them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 50 }),
        (packets, step) => {
          const stream = Buffer.concat(packets.map(tcpFrame));
          const reader = new TcpFrameReader();
          const found: Uint8Array[] = [];
          for (let at = 0; at < stream.length; at += step)
            for (const frame of reader.push(stream.subarray(at, at + step))) found.push(Uint8Array.from(frame));
          expect(found).toEqual(packets);
        },
      ),
    );
  });

  it('refuses a frame longer than any packet', () => {
    expect(() => new TcpFrameReader().push(Uint8Array.of(0xff, 0xff))).toThrow('too large');
  });
});
