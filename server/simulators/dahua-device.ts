import { randomBytes } from 'node:crypto';
import {
  addressKey,
  type DeviceCredentials,
  decryptAddress,
  deviceDigest,
  deviceKey,
  encryptAddress,
  serializeDeviceInfo,
} from '../protocols/dahua/device-auth.ts';
import { type Endpoint, formatEndpoint, parseLastEndpoint, sameEndpoint } from '../protocols/dahua/endpoint.ts';
import {
  formatIdentify,
  parseInvertedStun,
  STUN_COOKIE,
  type StunMessage,
  serializeInvertedStun,
} from '../protocols/dahua/inverted-stun.ts';
import type { ChannelReply, CloudDevice, DahuaCloud } from './dahua-cloud.ts';
import { type DahuaDeviceKnobs, ORDINARY_DEVICE } from './dahua-device-knobs.ts';
import { DahuaDeviceTunnel } from './dahua-device-tunnel.ts';
import { type DahuaPort, openDahuaPort } from './dahua-port.ts';
import { LossyLink } from './lossy-link.ts';

export type DahuaDeviceOptions = {
  readonly serial: string;
  readonly cloud: DahuaCloud;
  /** The local TCP port for each port of the device. Port 554 leads to a camera. */
  readonly ports: Readonly<Record<number, number>>;
  /** With a password the device is of type 1. */
  readonly login?: DeviceCredentials & { readonly salt: string; readonly tellsSalt?: boolean };
  readonly knobs?: Partial<DahuaDeviceKnobs>;
};

const NOMINATIONS = 5;

/** A camera behind a NAT that can only be found through its cloud: P2P library, tunnel and TCP ports. */
export class DahuaDevice implements CloudDevice {
  readonly serial: string;
  /** How many wrong passwords were tried so far. */
  refusals = 0;
  isOnline = true;
  /** Simulates a broken direct path: everything to and from clients is lost, but the relay works. */
  isDirectCut = false;
  isRelayCut = false;
  readonly #options: DahuaDeviceOptions;
  readonly #knobs: DahuaDeviceKnobs;
  readonly #socket: DahuaPort;
  readonly #identify = randomBytes(8);
  readonly #sign = randomBytes(4);
  readonly #nonce = String(randomBytes(4).readUInt32BE() >>> 1);
  readonly #agents: Endpoint[] = [];
  readonly #tunnels = new Map<string, DahuaDeviceTunnel>();
  readonly #direct: LossyLink;
  readonly #relay: LossyLink;
  readonly #nominated = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();

  static async start(options: DahuaDeviceOptions): Promise<DahuaDevice> {
    const device = new DahuaDevice(options, await openDahuaPort());
    options.cloud.register(device);
    return device;
  }

  private constructor(options: DahuaDeviceOptions, socket: DahuaPort) {
    this.serial = options.serial;
    this.#options = options;
    this.#knobs = { ...ORDINARY_DEVICE, ...options.knobs };
    this.#direct = new LossyLink(this.#knobs.directFaults, 11);
    this.#relay = new LossyLink(this.#knobs.relayFaults, 12);
    this.#socket = socket;
    socket.onStun = (datagram, from) => this.#stun(parseInvertedStun(datagram), from);
    socket.onPtcp = (datagram, from) => this.#carry(from, () => this.#tunnel(from).receive(datagram));
  }

  get endpoint(): Endpoint {
    return this.#socket.local;
  }

  get info(): string | undefined {
    const { login } = this.#options;
    if (!login || login.tellsSalt === false) return undefined;
    return serializeDeviceInfo({ randsalt: login.salt, rtspport: 554 });
  }

  /** How many TCP connections clients have open to servers in the device. */
  get realms(): number {
    return [...this.#tunnels.values()].reduce((sum, tunnel) => sum + tunnel.realms, 0);
  }

  openChannel(fields: ReadonlyMap<string, string>, client: Endpoint): ChannelReply | undefined {
    if (this.#knobs.isAsleep) return undefined;
    const encrypted = fields.get('LocalAddr') ?? '';
    const refused = this.#refuse(fields, encrypted);
    if (refused) return refused;
    const { login } = this.#options;
    const local = formatEndpoint(this.endpoint);
    const key = login && addressKey(deviceKey(login, login.salt), this.#nonce);
    if (login && !this.#canRead(fields, encrypted)) return refusal('DevPwd_InvalidDigest');
    if (this.#knobs.asksFirst) this.#send(client, this.#message({ kind: 'request', transaction: randomBytes(12) }));
    return {
      status: 200,
      reason: 'Server Nat Info!',
      fields: [
        ['Identify', formatIdentify(this.#identify)],
        key ? ['IpEncrptV2', 'true'] : ['IpEncrpt', 'false'],
        ['LocalAddr', key ? encryptAddress(key, local) : local],
        ['NatValueT', '0'],
        ...(key ? [['Nonce', this.#nonce] as const] : []),
        ['Policy', 'p2p,udprelay'],
        ['PubAddr', local],
        ['Relay', ':0'],
        ['version', '6.3.0'],
      ],
    };
  }

  joinRelay(fields: ReadonlyMap<string, string>, agent: Endpoint): ChannelReply | undefined {
    if (this.#knobs.isAsleep || this.isRelayCut) return undefined;
    const refused = this.#refuse(fields, '');
    if (refused) return refused;
    this.#agents.push(agent);
    return { status: 200, reason: 'Server Nat Info!', fields: [['version', '6.3.0']] };
  }

  /** Simulates a restart: every session ends with a reset. */
  reset(): void {
    for (const tunnel of this.#tunnels.values()) tunnel.reset();
    this.#tunnels.clear();
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const tunnel of this.#tunnels.values()) tunnel.close();
    this.#socket.close();
  }

  #refuse(fields: ReadonlyMap<string, string>, payload: string): ChannelReply | undefined {
    const { login } = this.#options;
    if (!login) return undefined;
    if (fields.get('RandSalt') !== login.salt) return refusal('DevPwd_InvalidSalt');
    const [nonce = '', createDate = ''] = [fields.get('Nonce'), fields.get('CreateDate')];
    const expected = deviceDigest(deviceKey(login, login.salt), nonce, createDate, payload);
    if (fields.get('UserName') === login.username && fields.get('DevAuth') === expected) return undefined;
    this.refusals++;
    return refusal('DevPwd_InvalidDigest');
  }

  #canRead(fields: ReadonlyMap<string, string>, encrypted: string): boolean {
    const { login } = this.#options;
    if (!login || fields.get('IpEncrptV2') !== 'true') return false;
    const key = addressKey(deviceKey(login, login.salt), fields.get('Nonce') ?? '');
    return parseLastEndpoint(decryptAddress(key, encrypted)) !== undefined;
  }

  #stun(message: StunMessage, from: Endpoint): void {
    if (this.#knobs.isUnpunchable || this.isDirectCut) return;
    const { cookie, transaction } = message;
    if (message.kind === 'request') {
      this.#send(from, this.#message({ kind: 'success', cookie, transaction, address: from }));
    } else {
      const nomination = this.#message({ kind: 'success', cookie, transaction });
      for (let count = this.#nominations(message, from); count > 0; count--) this.#send(from, nomination);
    }
  }

  /** With a password the client nominates too. The device sends its message once before that and five times after it. */
  #nominations(message: StunMessage, from: Endpoint): number {
    if (!this.#options.login) return NOMINATIONS;
    if (message.address) return 1;
    const peer = formatEndpoint(from);
    if (this.#nominated.has(peer)) return 0;
    this.#nominated.add(peer);
    return NOMINATIONS;
  }

  #message(message: Omit<StunMessage, 'identify' | 'cookie'> & { cookie?: Uint8Array }): Uint8Array {
    return serializeInvertedStun({ cookie: STUN_COOKIE, ...message, identify: this.#identify });
  }

  #tunnel(peer: Endpoint): DahuaDeviceTunnel {
    const key = formatEndpoint(peer);
    const existing = this.#tunnels.get(key);
    if (existing) return existing;
    const tunnel = new DahuaDeviceTunnel({
      send: (...parts) => this.#carry(peer, () => this.#send(peer, ...parts)),
      knobs: this.#knobs,
      sign: this.#sign,
      isDirect: !this.#isAgent(peer),
      ports: new Map(Object.entries(this.#options.ports).map(([port, local]) => [Number(port), local])),
    });
    this.#tunnels.set(key, tunnel);
    return tunnel;
  }

  /** Sends a datagram to or from this peer through the simulated network. */
  #carry(peer: Endpoint, pass: () => void): void {
    const isRelay = this.#isAgent(peer);
    if (isRelay ? this.isRelayCut : this.isDirectCut || this.#knobs.isUnpunchable) return;
    for (const delayMs of (isRelay ? this.#relay : this.#direct).deliveries()) {
      if (delayMs === 0) pass();
      else this.#later(delayMs, pass);
    }
  }

  #isAgent(peer: Endpoint): boolean {
    return this.#agents.some((agent) => sameEndpoint(agent, peer));
  }

  #later(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
  }

  #send(to: Endpoint, ...parts: readonly Uint8Array[]): void {
    this.#socket.send(to, ...parts);
  }
}

function refusal(error: string): ChannelReply {
  return {
    status: 403,
    reason: 'Forbidden',
    fields: [
      ['ErrCode', '4'],
      ['Error', error],
      ['Policy', 'p2p,udprelay'],
    ],
  };
}
