import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  parseStunMessage,
  STUN_ATTRIBUTE,
  STUN_TYPE,
  type StunMessage,
  serializeStunMessage,
  verifyStunIntegrity,
} from '../../../protocols/stun/stun-message.ts';
import { CONSENT_LASTS_MS, IceAgent } from './ice-agent.ts';
import { IceRouter, type PacketOrigin, type RoutedBrowser } from './ice-router.ts';
import type { PacketPath } from './packet-path.ts';

const BROWSER = { ufrag: 'them', password: 'their password' };
const DTLS = Uint8Array.of(22, 254, 253, 0);

class TestPath implements PacketOrigin {
  readonly sent: Uint8Array[] = [];
  opened = 0;
  readonly key: string;
  readonly path: PacketPath;
  constructor(address: string, port: number) {
    this.key = `udp ${address} ${port}`;
    const sendPacket = (bytes: Uint8Array) => void this.sent.push(bytes);
    this.path = { key: this.key, transport: 'udp', address, port, sendPacket, sendRun: () => 'sent' };
  }
  open(): PacketPath {
    this.opened++;
    return this.path;
  }
}

describe('IceRouter and IceAgent', () => {
  let nowMs: number;
  let router: IceRouter;
  let selected: string[];
  let received: number;
  let viewer: RoutedBrowser;
  let home: TestPath;
  let mobile: TestPath;

  beforeEach(() => {
    nowMs = 1_000_000;
    received = 0;
    selected = [];
    router = new IceRouter(() => nowMs);
    const agent = new IceAgent(BROWSER, { selected: (path) => void selected.push(path.address) }, nowMs);
    viewer = { agent, receive: () => void received++ };
    router.add(viewer);
    home = new TestPath('192.0.2.1', 5000);
    mobile = new TestPath('198.51.100.1', 6000);
  });

  const request = (options: { nominate?: boolean; password?: string; ufrag?: string } = {}) => {
    const { ufrag, password } = viewer.agent.local;
    const username = Buffer.from(`${options.ufrag ?? ufrag}:${BROWSER.ufrag}`);
    const attributes = [
      { type: STUN_ATTRIBUTE.username, value: username },
      ...(options.nominate ? [{ type: STUN_ATTRIBUTE.useCandidate, value: new Uint8Array(0) }] : []),
    ];
    const message = { type: STUN_TYPE.bindingRequest, transactionId: randomBytes(12), attributes };
    return serializeStunMessage(message, options.password ?? password);
  };

  it('has credentials with more random bits than anybody can guess', () => {
    expect(viewer.agent.local.ufrag).toMatch(/^[A-Za-z0-9+/]{16}$/);
    expect(viewer.agent.local.password).toMatch(/^[A-Za-z0-9+/]{24}$/);
  });

  it('answers an authentic request and obeys its nomination', () => {
    expect(router.receive(request({ nominate: true }), home)).toBe(true);
    const response = parseStunMessage(home.sent[0] as Uint8Array);
    expect(response.type).toBe(STUN_TYPE.bindingSuccess);
    expect(verifyStunIntegrity(home.sent[0] as Uint8Array, response, viewer.agent.local.password)).toBe(true);
    expect(selected).toEqual(['192.0.2.1']);
  });

  it.each([
    ['a wrong password', () => request({ nominate: true, password: 'guess' })],
    ['the fragment of nobody', () => request({ nominate: true, ufrag: 'nobody' })],
    [
      'no integrity',
      () =>
        serializeStunMessage({
          ...parseStunMessage(request({ nominate: true })),
          attributes: [{ type: STUN_ATTRIBUTE.username, value: Buffer.from(`${viewer.agent.local.ufrag}:x`) }],
        }),
    ],
    ['something that only begins like STUN', () => Uint8Array.from({ length: 40 }, () => 0)],
  ])('does not answer, nominate or remember anything for %s', (_name, packet) => {
    expect(router.receive(packet(), home)).toBe(false);
    expect(home.sent).toHaveLength(0);
    expect(home.opened).toBe(0);
    expect(selected).toEqual([]);
    expect(router.receive(DTLS, home)).toBe(false);
    expect(received).toBe(0);
  });

  it('passes DTLS and RTCP to the viewer whose address has proved the password', () => {
    router.receive(request(), home);
    expect(router.receive(DTLS, home)).toBe(true);
    expect(router.receive(DTLS, mobile)).toBe(false);
    expect(received).toBe(1);
    expect(home.opened).toBe(1);
  });

  it('sends to the last authentic address until a path is nominated, and follows later nominations', () => {
    router.receive(request(), home);
    expect(viewer.agent.path?.address).toBe('192.0.2.1');
    router.receive(request({ nominate: true }), home);
    router.receive(request({ nominate: true }), mobile);
    router.receive(request(), home);
    expect(viewer.agent.path?.address).toBe('198.51.100.1');
    expect(selected).toEqual(['192.0.2.1', '198.51.100.1']);
  });

  const checksAt = (path: TestPath) =>
    path.sent.map((bytes) => parseStunMessage(bytes)).filter(({ type }) => type === STUN_TYPE.bindingRequest);
  const answerTo = (check: StunMessage, password = BROWSER.password) =>
    serializeStunMessage(
      { type: STUN_TYPE.bindingSuccess, transactionId: check.transactionId, attributes: [] },
      password,
    );

  it('measures the round trip, and has consent for half a minute from the last answer that knows the password', () => {
    router.receive(request({ nominate: true }), home);
    viewer.agent.check(nowMs, false);
    const check = checksAt(home).at(-1) as StunMessage;
    nowMs += 30;
    router.receive(answerTo(check, 'somebody else'), home);
    expect(viewer.agent.roundTripMs).toBeUndefined();
    router.receive(answerTo(check), home);
    expect(viewer.agent.roundTripMs).toBe(30);
    const answeredMs = nowMs;
    // Requests alone prove nothing about where answers would go: a source address can be forged.
    nowMs += 20_000;
    router.receive(request(), home);
    expect(viewer.agent.heardMs).toBe(nowMs);
    expect(viewer.agent.consentUntilMs).toBe(answeredMs + CONSENT_LASTS_MS);
  });

  it('checks about every five seconds, again each second while no answer comes, and then waits for the next', () => {
    router.receive(request({ nominate: true }), home);
    for (let second = 0; second < 60; second++) {
      viewer.agent.check(nowMs, false);
      nowMs += 1000;
    }
    const sent = checksAt(home);
    const transactions = new Set(sent.map(({ transactionId }) => Buffer.from(transactionId).toString('hex')));
    expect(transactions.size).toBeGreaterThanOrEqual(10);
    expect(transactions.size).toBeLessThanOrEqual(15);
    expect(sent.length / transactions.size).toBeGreaterThan(3);
    expect(sent.length / transactions.size).toBeLessThanOrEqual(4);
    router.receive(answerTo(sent.at(-1) as StunMessage), home);
    expect(viewer.agent.consentUntilMs).toBe(nowMs + CONSENT_LASTS_MS);
    // It is not known which of the four checks was answered.
    expect(viewer.agent.roundTripMs).toBeUndefined();
  });

  it('keeps its deadlines when the path is lost', () => {
    router.receive(request({ nominate: true }), home);
    const { consentUntilMs, heardMs } = viewer.agent;
    router.losePath(home.key);
    nowMs += 5000;
    viewer.agent.check(nowMs, true);
    expect([viewer.agent.consentUntilMs, viewer.agent.heardMs]).toEqual([consentUntilMs, heardMs]);
  });

  it('serves old and new credentials after an ICE restart, and neither after the end', () => {
    const before = request();
    viewer.agent.restart({ ufrag: 'new', password: 'new password' });
    router.add(viewer);
    expect(router.receive(before, home)).toBe(true);
    expect(router.receive(request({ nominate: true }), mobile)).toBe(true);
    const after = request();
    router.remove(viewer);
    expect(router.receive(after, mobile)).toBe(false);
    expect(router.size).toBe(0);
  });
});
