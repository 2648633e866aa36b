import { createHmac } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { NetworkInterfaceInfo } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { serializeXorMappedAddress } from '../../../protocols/stun/stun-address.ts';
import {
  parseStunMessage,
  STUN_ATTRIBUTE,
  STUN_TYPE,
  serializeStunMessage,
} from '../../../protocols/stun/stun-message.ts';
import { startTestRig, TestBrowser, type TestRig, until } from '../testing/rig.ts';
import { gatewayCandidates, interfaceAddresses } from './advertised-addresses.ts';
import { iceServersFor } from './turn-credentials.ts';

const info = (address: string, internal = false) => ({ address, internal }) as NetworkInterfaceInfo;

describe('advertised addresses', () => {
  it('leaves out loopback, link-local addresses and the networks of containers', () => {
    const interfaces = {
      lo: [info('127.0.0.1', true)],
      eth0: [info('192.0.2.2'), info('2001:db8::2'), info('fe80::1')],
      docker0: [info('172.17.0.1')],
      'br-1a2b3c': [info('172.18.0.1')],
      veth12: [info('10.1.1.1')],
    };
    expect(interfaceAddresses(interfaces)).toEqual(['192.0.2.2', '2001:db8::2']);
  });

  it('gives every address with one port and nothing twice, in the order UDP, STUN, TCP', () => {
    const candidates = gatewayCandidates(['192.0.2.2', '192.0.2.2', 'not an address'], 8189, true, {
      address: '203.0.113.9',
      port: 4321,
    });
    expect(candidates.map(({ transport, address, port, type }) => [transport, address, port, type])).toEqual([
      ['udp', '192.0.2.2', 8189, 'host'],
      ['udp', '203.0.113.9', 4321, 'srflx'],
      ['tcp', '192.0.2.2', 8189, 'host'],
    ]);
    const priorities = candidates.map(({ priority }) => priority);
    expect(priorities).toEqual(priorities.toSorted((a, b) => b - a));
  });
});

describe('a configured STUN server', () => {
  let rig: TestRig;
  const server = createSocket('udp4');
  afterEach(async () => {
    server.close();
    await rig.close();
  });

  it('tells the port as the internet sees it, and viewers are told', async () => {
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    let askedFrom = 0;
    server.on('message', (bytes, from) => {
      askedFrom = from.port;
      const { transactionId } = parseStunMessage(bytes);
      const value = serializeXorMappedAddress({ address: Uint8Array.of(203, 0, 113, 9), port: 4321 }, transactionId);
      const attributes = [{ type: STUN_ATTRIBUTE.xorMappedAddress, value }];
      server.send(
        serializeStunMessage({ type: STUN_TYPE.bindingSuccess, transactionId, attributes }),
        from.port,
        from.address,
      );
    });
    rig = await startTestRig({ config: { iceServers: [{ urls: [`stun:127.0.0.1:${server.address().port}`] }] } });
    await until(() => askedFrom === rig.webrtc.port, 'a question from the port that viewers use');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const browser = new TestBrowser();
    const viewer = await rig.open(await browser.offer());
    expect(viewer.answer).toMatch(/a=candidate:srflx 1 udp \d+ 203\.0\.113\.9 4321 typ srflx raddr 0\.0\.0\.0 rport 0/);
    viewer.close();
    await browser.close();
  });
});

describe('TURN credentials', () => {
  const servers = [{ urls: 'stun:s.example' }, { urls: ['turn:t.example?transport=tcp', 'turns:t.example'] }];

  it('are minted for TURN servers as coturn checks them, and expire', () => {
    const [stun, turn] = iceServersFor(servers, 'secret', 'Ada:L', 1_700_000_000_000);
    expect(stun).toEqual({ urls: ['stun:s.example'] });
    expect(turn?.username).toBe('1700043200:Ada_L');
    expect(turn?.credential).toBe(createHmac('sha1', 'secret').update('1700043200:Ada_L').digest('base64'));
  });

  it('are the configured ones if there are any, and there are none without a secret', () => {
    const fixed = { urls: ['turn:t.example'], username: 'name', credential: 'word' };
    expect(iceServersFor([fixed], 'secret', 'x', 0)).toEqual([fixed]);
    expect(iceServersFor(servers, undefined, 'x', 0)[1]).toEqual({ urls: servers[1]?.urls });
  });
});
