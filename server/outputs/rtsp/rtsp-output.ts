import { once } from 'node:events';
import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from 'node:net';
import { createServer as createTls, type Server as TlsServer } from 'node:tls';
import type { Logger } from 'pino';
import type { Hub } from '../../hub/hub.ts';
import type { Stream } from '../../hub/stream.ts';
import type { TrackInfo } from '../../media/access-unit.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { listenOn } from '../../platform/listen.ts';
import { TCP_PROBES } from '../../platform/tcp-probes.ts';
import { MulticastGroups, type MulticastSettings } from './multicast-groups.ts';
import { ReaderConnection } from './reader-connection.ts';
import type { ReaderHost, StreamTarget } from './reader-host.ts';
import type { ReaderSession } from './reader-session.ts';
import type { RtspAuthorizer } from './rtsp-login.ts';
import { StreamPackets } from './stream-packets.ts';
import { UdpPorts } from './udp-ports.ts';

export type RtspOutputOptions = {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly log: Logger;
  readonly authorizer: RtspAuthorizer;
  /** The stream that a path means (with its query, without a slash at its end). Undefined means a 404. See stream-paths.ts. */
  readonly locate: (path: string) => StreamTarget | undefined;
  /** Heard of whoever signed in and may not see a camera. */
  readonly denied?: ReaderHost['denied'];
  readonly port: number;
  readonly host?: string;
  /** The default is on. */
  readonly udp?: boolean;
  readonly multicast?: MulticastSettings;
  /** PEM texts, and the port on which all is encrypted, media included: interleaved only. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly port: number };
};

export type RtspOutput = {
  readonly port: number;
  /** For rtsps://, where there is a certificate. */
  readonly tlsPort: number | undefined;
  readonly sessions: number;
  readonly connections: number;
  /** Ends every reader and frees the ports. It may be called more than once. */
  close(): Promise<void>;
};

/** Node buffers data that the system does not accept. Beyond this amount, a reader's frames wait in the hub instead. */
const SOCKET_BUFFER_BYTES = 262_144;
const MAX_CONNECTIONS = 2000;
const TCP_PROBE_AFTER_MS = 30_000;
const HANDSHAKE_MS = 10_000;

/** Streams for players and recorders that speak RTSP: `rtsp://HOST:8554/CAMERA` and `/CAMERA/sub`, `rtsps://HOST:8322/…`. */
export async function createRtspOutput(options: RtspOutputOptions): Promise<RtspOutput> {
  const output = new RtspServer(options);
  try {
    await output.listen(options.port, options.host, options.tls?.port);
  } catch (error) {
    await output.close();
    throw error;
  }
  return output;
}

class RtspServer implements RtspOutput {
  readonly #log: Logger;
  readonly #host: ReaderHost;
  readonly #sessions = new Map<string, ReaderSession>();
  readonly #sockets = new Set<Socket>();
  readonly #packets = new WeakMap<Stream, StreamPackets>();
  readonly #udp = new Map<'udp4' | 'udp6', Promise<UdpPorts>>();
  readonly #server = createServer({ ...TCP_PROBES, noDelay: true, highWaterMark: SOCKET_BUFFER_BYTES }, (socket) =>
    this.#accept(socket, this.#host),
  );
  readonly #tlsServer: TlsServer | undefined;

  constructor({
    hub,
    clock,
    log,
    authorizer,
    locate,
    udp = true,
    multicast,
    tls,
    denied = () => {},
  }: RtspOutputOptions) {
    this.#log = log;
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#host = {
      hub,
      clock,
      log,
      authorizer,
      locate,
      denied,
      allowed: { udp, multicast: multicast !== undefined },
      multicast: multicast && new MulticastGroups(multicast, clock),
      packetsOf: (stream, tracks) => this.#packetsOf(stream, tracks, clock),
      udpPorts: (address) => this.#udpPorts(address),
    };
    // Media over UDP would go in the clear.
    if (tls) this.#tlsServer = this.#createTlsServer(tls, { ...this.#host, allowed: { udp: false, multicast: false } });
  }

  async listen(port: number, host: string | undefined, tlsPort: number | undefined): Promise<void> {
    await listenOn(this.#server, {
      host,
      port,
      settings: { port: '--rtsp-port or rtsp.port', host: 'rtsp.host or --host' },
    });
    if (this.#tlsServer && tlsPort !== undefined) {
      const settings = { port: 'rtsp.tlsPort', host: 'rtsp.host or --host' };
      await listenOn(this.#tlsServer, { host, port: tlsPort, settings });
    }
    this.#log.info({ port: this.port, tlsPort: this.tlsPort }, 'RTSP listens');
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get tlsPort(): number | undefined {
    return (this.#tlsServer?.address() as AddressInfo | null | undefined)?.port;
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async close(): Promise<void> {
    const servers = [this.#server, this.#tlsServer].filter((server) => server?.listening) as Server[];
    const closed = servers.map((server) => once(server, 'close'));
    for (const server of servers) server.close();
    for (const session of [...this.#sessions.values()]) session.end(new GatewayError('stopping', 'The gateway stops.'));
    for (const socket of this.#sockets) socket.destroy();
    for (const udp of this.#udp.values()) (await udp).close();
    this.#udp.clear();
    await Promise.all(closed);
  }

  #createTlsServer({ cert, key }: { readonly cert: string; readonly key: string }, host: ReaderHost): TlsServer {
    const server = createTls({ ...TCP_PROBES, cert, key, handshakeTimeout: HANDSHAKE_MS });
    server.maxConnections = MAX_CONNECTIONS;
    // Before its handshake is done a connection is known by its socket only.
    server.on('connection', (socket: Socket) => this.#remember(socket));
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    server.on('secureConnection', (socket) => this.#accept(socket.setNoDelay(true), host));
    return server;
  }

  #remember(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #accept(socket: Socket, host: ReaderHost): void {
    if (host === this.#host) this.#remember(socket);
    socket.setKeepAlive(true, TCP_PROBE_AFTER_MS);
    new ReaderConnection(socket, host, this.#sessions);
  }

  /** The readers of one stream share its packets as long as the camera keeps its codecs. */
  #packetsOf(stream: Stream, tracks: readonly TrackInfo[], clock: Clock): StreamPackets {
    const known = this.#packets.get(stream);
    if (known?.fits(tracks)) return known;
    const packets = new StreamPackets(tracks, clock);
    this.#packets.set(stream, packets);
    return packets;
  }

  #udpPorts(address: string): Promise<UdpPorts> {
    const family = isIPv6(address) ? 'udp6' : 'udp4';
    const known = this.#udp.get(family);
    if (known) return known;
    const opening = UdpPorts.open(address);
    this.#udp.set(family, opening);
    opening.catch(() => this.#udp.delete(family));
    return opening;
  }
}
