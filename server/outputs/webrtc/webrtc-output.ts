import type { Logger } from 'pino';
import type { IceServer } from '../../../shared/events.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { PacketRun } from '../../protocols/srtp/packet-run.ts';
import type { IceCandidate } from '../../protocols/stun/ice-candidate.ts';
import { canMakeOpus } from '../transcode/ffmpeg-opus.ts';
import { BrowserConnections } from './browser-connections.ts';
import { allocateScratch } from './sending/retransmission.ts';
import { chooseSendPath, type SendPath } from './sending/send-path.ts';
import { StreamFeeds } from './sending/stream-feeds.ts';
import { gatewayCandidates, interfaceAddresses } from './transport/advertised-addresses.ts';
import type { TransportParts } from './transport/browser-transport.ts';
import type { DtlsEngine } from './transport/dtls-engine.ts';
import { IceRouter } from './transport/ice-router.ts';
import { ReflexiveAddress } from './transport/reflexive-address.ts';
import { openSharedPorts } from './transport/shared-ports.ts';
import type { TcpPort } from './transport/tcp-port.ts';
import { type ConfiguredIceServer, iceServersFor } from './transport/turn-credentials.ts';
import type { UdpPort } from './transport/udp-port.ts';

export type WebrtcConfig = {
  /** When undefined, it listens on every address of this machine. */
  readonly host?: string;
  /** The port for UDP and TCP. 0 means any free one. */
  readonly port: number;
  readonly tcp: boolean;
  /** The addresses that viewers are told instead of those of the interfaces. */
  readonly publicAddresses: readonly string[];
  readonly iceServers: readonly ConfiguredIceServer[];
  readonly turnSecret?: string;
};

export type WebrtcStatistics = {
  readonly sendPath: SendPath['kind'];
  readonly viewers: number;
  readonly packetsSent: number;
  readonly packetsRetransmitted: number;
  /** How many binding requests did not know a password. */
  readonly unauthenticated: number;
};

/** Every viewer is handled once a second, but not all at the same moment. */
const TICKS_PER_SECOND = 10;

export async function createWebrtcOutput(options: {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: WebrtcConfig;
  /** Only set by tests. By default it is the native path if available. */
  readonly sendPath?: SendPath;
}): Promise<WebrtcOutput> {
  const { clock, log, config } = options;
  const { sendPath, because } = options.sendPath ? { sendPath: options.sendPath } : chooseSendPath();
  const router = new IceRouter(() => clock.nowUs() / 1000);
  const { udp, tcp } = await openSharedPorts({
    host: config.host,
    port: config.port,
    withTcp: config.tcp,
    sendPath,
    log,
    receive: (bytes, origin) => router.receive(bytes, origin),
    lose: (key) => router.losePath(key),
  });
  log.info({ port: udp.port, tcp: config.tcp, sendPath: sendPath.kind, because }, 'WebRTC listens');
  return new WebrtcOutput({ ...options, sendPath, router, udp, tcp, canMakeOpus: await canMakeOpus() });
}

type OutputParts = {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: WebrtcConfig;
  readonly sendPath: SendPath;
  readonly router: IceRouter;
  readonly udp: UdpPort;
  readonly tcp: TcpPort | undefined;
  /** True when ffmpeg is installed, so that AAC sound can be converted. */
  readonly canMakeOpus: boolean;
};

/** Live video for browsers: every viewer through one UDP and one TCP port. */
export class WebrtcOutput {
  readonly connections: BrowserConnections;
  readonly #parts: OutputParts;
  readonly #run: PacketRun;
  readonly #reflexive: ReflexiveAddress | undefined;
  #engine: Promise<DtlsEngine> | undefined;
  #cancelTick: () => void;
  #tick = 0;
  #closing: Promise<unknown> | undefined;

  constructor(parts: OutputParts) {
    this.#parts = parts;
    this.#run = parts.sendPath.run;
    const { hub, clock, log, canMakeOpus } = parts;
    if (canMakeOpus) hub.convertibleSound.add('aac');
    else log.warn('ffmpeg with libopus is not installed: sound in AAC is not heard over WebRTC');
    const { allocate } = parts.sendPath;
    this.connections = new BrowserConnections({
      hub,
      clock,
      feeds: new StreamFeeds({ clock, log, canMakeOpus, allocate }),
      scratch: allocateScratch(allocate),
      transport: () => this.#transport(),
      candidates: (address) => this.#candidates(address),
    });
    this.#cancelTick = this.#scheduleTick();
    const send: UdpPort['send'] = (bytes, address, port) => parts.udp.send(bytes, address, port);
    this.#reflexive = ReflexiveAddress.start(parts.config.iceServers, send, parts.clock);
    parts.router.onStrayResponse = (response) => this.#reflexive?.take(response);
  }

  get port(): number {
    return this.#parts.udp.port;
  }

  get sendPath(): SendPath['kind'] {
    return this.#parts.sendPath.kind;
  }

  /** The ICE servers for one viewer. TURN credentials are made for the name and expire. */
  iceServersFor(name: string): IceServer[] {
    this.prepare();
    const { iceServers, turnSecret } = this.#parts.config;
    return iceServersFor(iceServers, turnSecret, name, this.#parts.clock.wallMs());
  }

  statistics(): WebrtcStatistics {
    const { packets, viewers } = this.connections;
    return {
      sendPath: this.sendPath,
      viewers,
      packetsSent: packets.sent,
      packetsRetransmitted: packets.retransmitted,
      unauthenticated: this.#parts.router.counts.unauthenticated,
    };
  }

  /** Ends every viewer and closes the ports. It may be called more than once. */
  async close(): Promise<void> {
    this.#cancelTick();
    this.#reflexive?.close();
    this.connections.end(stopping());
    this.#closing ??= Promise.all([this.#parts.udp.close(), this.#parts.tcp?.close()]);
    await this.#closing;
  }

  /**
   * Called when a viewer may come soon. Loads what viewers need and an idle gateway does not, so that the first viewer need not
   * wait. If loading fails, the viewer who comes is told.
   */
  prepare(): void {
    this.#loadEngine().catch(() => undefined);
  }

  get isPrepared(): boolean {
    return this.#engine !== undefined;
  }

  #loadEngine(): Promise<DtlsEngine> {
    this.#engine ??= import('./transport/dtls-engine.ts').then(({ createDtlsEngine }) => createDtlsEngine());
    return this.#engine;
  }

  async #transport(): Promise<TransportParts> {
    const engine = await this.#loadEngine();
    if (this.#closing) throw stopping();
    return { ...this.#parts, engine, run: this.#run };
  }

  #candidates(address: string | undefined): readonly IceCandidate[] {
    const { publicAddresses, host, tcp } = this.#parts.config;
    const own = host === undefined || host === '0.0.0.0' || host === '::' ? interfaceAddresses() : [host];
    // A viewer on this machine may only be able to use this address.
    const loopback = isLoopback(address) ? ['127.0.0.1'] : [];
    const hosts = [...new Set([...(publicAddresses.length > 0 ? publicAddresses : own), ...loopback])];
    return gatewayCandidates(hosts, this.port, tcp, this.#reflexive?.mapped);
  }

  #scheduleTick(): () => void {
    return this.#parts.clock.after(1000 / TICKS_PER_SECOND, () => {
      this.#cancelTick = this.#scheduleTick();
      this.#tick++;
      const nowMs = this.#parts.clock.nowUs() / 1000;
      let place = 0;
      for (const connection of this.connections.all)
        if (place++ % TICKS_PER_SECOND === this.#tick % TICKS_PER_SECOND) connection.tick(nowMs);
    });
  }
}

function stopping(): GatewayError {
  return new GatewayError('stopping', 'The gateway is stopping.');
}

function isLoopback(address: string | undefined): boolean {
  return address === '::1' || address?.replace(/^::ffff:/, '').startsWith('127.') === true;
}
