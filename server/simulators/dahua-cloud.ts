import { randomBytes } from 'node:crypto';
import {
  type CloudHeader,
  type CloudRequest,
  cloudHeader,
  isCloudResponse,
  parseCloudMessage,
  serializeCloudResponse,
} from '../protocols/dahua/cloud-message.ts';
import { type Endpoint, formatEndpoint, parseEndpoint } from '../protocols/dahua/endpoint.ts';
import { type CloudIdentity, parseWsse, wsseDigest } from '../protocols/dahua/wsse.ts';
import { parseXmlFields, serializeXmlFields, type XmlField } from '../protocols/dahua/xml-fields.ts';
import { DahuaAgent } from './dahua-agent.ts';
import { type DahuaPort, openDahuaPort } from './dahua-port.ts';

/** A device's answer to a channel request that the cloud passed on. */
export type ChannelReply = { readonly status: number; readonly reason: string; readonly fields: readonly XmlField[] };

/** What the cloud knows of a device. */
export type CloudDevice = {
  readonly serial: string;
  readonly endpoint: Endpoint;
  readonly isOnline: boolean;
  readonly info: string | undefined;
  openChannel(fields: ReadonlyMap<string, string>, client: Endpoint): ChannelReply | undefined;
  joinRelay(fields: ReadonlyMap<string, string>, agent: Endpoint): ChannelReply | undefined;
};

export type DahuaCloudOptions = CloudIdentity & {
  readonly salt?: string;
  /** How much the cloud's clock differs from ours. */
  readonly clockOffsetMs?: number;
  /** How long messages to the device take. */
  readonly deviceDelayMs?: number;
  /** How many of the first requests to the dispatcher get no answer. */
  readonly dispatcherSilences?: number;
};

/** The entry of `dahua.clouds` for this cloud. */
export type DahuaCloudProfile = CloudIdentity & {
  readonly host: string;
  readonly port: number;
  readonly salt?: string;
};

type Reply = { readonly status: number; readonly reason?: string; readonly body?: string };

const MAX_CLOCK_SKEW_MS = 5 * 60_000;
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

/** A small Easy4IPCloud: main cloud, the devices' P2P server, the relay dispatcher and its agents, each on its own port. */
export class DahuaCloud {
  /** The paths that were requested so far, including serial numbers and tokens. */
  readonly requests: string[] = [];
  readonly #options: DahuaCloudOptions;
  readonly #cloud: DahuaPort;
  readonly #p2pServer: DahuaPort;
  readonly #dispatcher: DahuaPort;
  readonly #devices = new Map<string, CloudDevice>();
  readonly #agents = new Map<string, DahuaAgent>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #dispatcherSilences: number;

  static async start(options: DahuaCloudOptions): Promise<DahuaCloud> {
    const open = (): Promise<DahuaPort> => openDahuaPort();
    return new DahuaCloud(options, await open(), await open(), await open());
  }

  private constructor(options: DahuaCloudOptions, cloud: DahuaPort, p2pServer: DahuaPort, dispatcher: DahuaPort) {
    this.#options = options;
    this.#cloud = cloud;
    this.#p2pServer = p2pServer;
    this.#dispatcher = dispatcher;
    this.#dispatcherSilences = options.dispatcherSilences ?? 0;
    this.#serve(cloud, (request, from) => this.#askCloud(request, from));
    this.#serve(p2pServer, (request) => this.#askP2pServer(request));
    this.#serve(dispatcher, (request) => this.#askDispatcher(request));
  }

  /** How a client is configured to use this cloud. */
  get profile(): DahuaCloudProfile {
    const { user, key, salt } = this.#options;
    return { host: '127.0.0.1', port: this.#cloud.local.port, user, key, ...(salt === undefined ? {} : { salt }) };
  }

  get agents(): number {
    return this.#agents.size;
  }

  register(device: CloudDevice): void {
    this.#devices.set(device.serial, device);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const agent of this.#agents.values()) agent.close();
    for (const socket of [this.#cloud, this.#p2pServer, this.#dispatcher]) socket.close();
  }

  #serve(
    socket: DahuaPort,
    answer: (request: CloudRequest, from: Endpoint) => Reply | undefined | Promise<Reply | undefined>,
  ): void {
    socket.onMessage = async (datagram, from) => {
      const request = parseCloudMessage(datagram);
      if (isCloudResponse(request)) return;
      this.requests.push(request.path);
      const isSigned = this.#isSigned(request);
      const reply = isSigned ? await answer(request, from) : { status: 401, reason: 'Unauthorized' };
      if (reply) socket.send(from, this.#serialize(request, reply));
    };
  }

  #serialize(request: CloudRequest, reply: Reply): Uint8Array {
    const headers: CloudHeader[] = [
      ['Date', new Date(this.#nowMs()).toUTCString()],
      ['CSeq', cloudHeader(request, 'CSeq') ?? '0'],
    ];
    return serializeCloudResponse({ reason: 'OK', body: '', ...reply, headers });
  }

  #isSigned(request: CloudRequest): boolean {
    const token = parseWsse(cloudHeader(request, 'X-WSSE') ?? '');
    if (!token || token.username !== this.#options.user) return false;
    const skewMs = Math.abs(Date.parse(token.created) - this.#nowMs());
    return skewMs < MAX_CLOCK_SKEW_MS && token.digest === wsseDigest(this.#options, token.nonce, token.created);
  }

  #askCloud(request: CloudRequest, from: Endpoint): Reply | undefined {
    const [, area, name = '', action] = request.path.split('/');
    if (request.path === '/probe/p2psrv') return { status: 200 };
    if (request.path === '/online/relay') return this.#offerDispatcher();
    const device = this.#devices.get(area === 'online' ? (action ?? '') : name);
    if (!device) return { status: 404, reason: 'Not Found' };
    if (area === 'online') {
      const address = formatEndpoint(this.#p2pServer.local);
      return {
        status: 200,
        body: serializeXmlFields([
          ['DS', address],
          ['US', address],
        ]),
      };
    }
    if (!device.isOnline) return { status: 404, reason: 'Not Found' };
    if (action === 'p2p-channel') return this.#openChannel(device, request, from);
    return action === 'relay-channel' ? this.#joinRelay(device, request, from) : { status: 404, reason: 'Not Found' };
  }

  #askP2pServer(request: CloudRequest): Reply {
    const [, area, , serial = ''] = request.path.split('/');
    const device = this.#devices.get(serial);
    if (!device?.isOnline) return { status: 404, reason: 'Not Found' };
    if (area === 'probe') return { status: 200 };
    if (device.info === undefined) return { status: 404, reason: 'Not Found' };
    return { status: 200, body: serializeXmlFields([['Info', device.info]]) };
  }

  async #askDispatcher(request: CloudRequest): Promise<Reply | undefined> {
    if (this.#dispatcherSilences > 0) {
      this.#dispatcherSilences--;
      return undefined;
    }
    const [, , action, token = ''] = request.path.split('/');
    if (action === 'unbind') {
      this.#agents.get(token)?.close();
      this.#agents.delete(token);
      return { status: 200 };
    }
    const agent = await DahuaAgent.start(newToken());
    this.#agents.set(agent.token, agent);
    const body = serializeXmlFields([
      ['Agent', formatEndpoint(agent.endpoint)],
      ['Token', agent.token],
    ]);
    return { status: 200, body: `${DECLARATION}${body}\r\n\r\n` };
  }

  #offerDispatcher(): Reply {
    const body = serializeXmlFields([['Address', formatEndpoint(this.#dispatcher.local)]]);
    return { status: 200, body: `${DECLARATION}${body}` };
  }

  /** Answers "Trying" at once, and passes on the device's answer when it has come. */
  #openChannel(device: CloudDevice, request: CloudRequest, from: Endpoint): Reply {
    this.#later(() => {
      const reply = device.openChannel(parseXmlFields(request.body), from);
      if (reply) this.#cloud.send(from, this.#serialize(request, { ...reply, body: serializeXmlFields(reply.fields) }));
    });
    return { status: 100, reason: 'Trying', body: '<body></body>' };
  }

  /** A success is sent to the client from the agent's port, a refusal from the cloud's port. */
  #joinRelay(device: CloudDevice, request: CloudRequest, from: Endpoint): undefined {
    this.#later(() => {
      const fields = parseXmlFields(request.body);
      const address = parseEndpoint(fields.get('agentAddr') ?? '');
      const agent = [...this.#agents.values()].find((each) => each.endpoint.port === address?.port);
      if (!agent) return;
      const reply = device.joinRelay(fields, agent.endpoint);
      if (!reply) return;
      const datagram = this.#serialize(request, { ...reply, body: serializeXmlFields(reply.fields) });
      if (reply.status === 200) agent.join(device.endpoint, datagram);
      else this.#cloud.send(from, datagram);
    });
  }

  #later(act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, this.#options.deviceDelayMs ?? 5);
    this.#timers.add(timer);
  }

  #nowMs(): number {
    return Date.now() + (this.#options.clockOffsetMs ?? 0);
  }
}

function newToken(): string {
  return `${randomBytes(16).toString('hex').toUpperCase()}-${randomBytes(16).toString('hex')}`;
}
