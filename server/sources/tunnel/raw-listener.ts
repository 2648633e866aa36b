import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Logger } from 'pino';
import type { Clock } from '../../platform/clock.ts';
import { asGatewayError } from '../../platform/errors.ts';
import { listenOn } from '../../platform/listen.ts';
import { plainAddress } from '../../platform/networks.ts';
import { TCP_PROBES } from '../../platform/tcp-probes.ts';
import { NONCE_BYTES, parseGreeting, parseProof } from '../../protocols/tunnel/handshake.ts';
import { DeviceConnection } from './device-connection.ts';
import { isBare, type RawTunnel } from './raw-tunnel.ts';
import { Refusals } from './refusals.ts';
import type { TunnelDevice } from './tunnel-device.ts';

/** What happened at the door, for the audit log. */
export type DoorNote = { readonly device: string; readonly address: string; readonly reason: string };

export type DoorServices = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly note: (note: DoorNote) => void;
};

/** Connections that have proved nothing yet. */
const MAX_UNPROVEN = 64;
export const MAX_UNPROVEN_PER_ADDRESS = 8;
/** For each line of the handshake. Small devices think long about TLS. */
const STEP_MS = 10_000;
const TLS_MS = 20_000;
/** What small devices have room for. */
const MAX_TLS_FRAGMENT = 4096;

/** One port that devices dial. */
export class RawListener {
  readonly #services: DoorServices;
  readonly #place: Pick<RawTunnel, 'port' | 'tls' | 'listen'>;
  readonly #server = createServer({ ...TCP_PROBES, noDelay: true }, (socket) => this.#accept(socket));
  readonly #secure: ((socket: Socket) => void) | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #unproven = new Map<Socket, string>();
  readonly #refusals = new Refusals();
  #devices: ReadonlyMap<string, TunnelDevice> = new Map();
  port = 0;

  /** Throws when the files of its certificate cannot be read. */
  constructor(place: Pick<RawTunnel, 'port' | 'tls' | 'listen'>, services: DoorServices) {
    this.#place = place;
    this.#services = services;
    this.#secure = place.tls && this.#createTls(place.tls);
  }

  async listen(): Promise<void> {
    const { port, listen } = this.#place;
    const settings = { port: 'tunnel.raw', host: 'tunnel.raw' };
    this.port = await listenOn(this.#server, { port, host: listen, settings });
  }

  serve(devices: readonly TunnelDevice[]): void {
    this.#devices = new Map(devices.map((device) => [device.settings.name, device]));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#unproven.delete(socket);
    });
    socket.on('error', () => {});
    const address = plainAddress(socket.remoteAddress ?? '');
    if (!this.#admits(address)) {
      socket.destroy();
      return;
    }
    this.#unproven.set(socket, address);
    if (this.#secure) this.#secure(socket);
    else void this.#open(socket, socket);
  }

  /** Whether anybody may come from there, and there is room for one more who has proved nothing. */
  #admits(address: string): boolean {
    const { log } = this.#services;
    if (![...this.#devices.values()].some((device) => device.mayComeFrom(address))) {
      log.debug({ address }, 'no dial-in device may come from this address');
      return false;
    }
    const same = [...this.#unproven.values()].filter((other) => other === address).length;
    if (this.#unproven.size < MAX_UNPROVEN && same < MAX_UNPROVEN_PER_ADDRESS) return true;
    log.warn({ address }, 'too many dial-in connections at once that prove nothing');
    return false;
  }

  #createTls(files: { readonly cert: string; readonly key: string }): (socket: Socket) => void {
    const server = createTlsServer({
      cert: readFileSync(files.cert),
      key: readFileSync(files.key),
      minVersion: 'TLSv1.2',
      handshakeTimeout: TLS_MS,
    });
    const carriers = new Map<string, Socket>();
    const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
    server.on('secureConnection', (socket: TLSSocket) => {
      const carrier = carriers.get(nameOf(socket));
      if (!carrier) {
        socket.destroy();
        return;
      }
      socket.setMaxSendFragment(MAX_TLS_FRAGMENT);
      socket.on('close', () => carrier.destroy());
      void this.#open(socket, carrier);
    });
    server.on('tlsClientError', (error, socket) => {
      this.#services.log.debug({ reason: error.message }, 'a dial-in device found no TLS in common');
      socket.destroy();
    });
    return (carrier) => {
      const name = nameOf(carrier);
      carriers.set(name, carrier);
      carrier.on('close', () => carriers.delete(name));
      server.emit('connection', carrier);
    };
  }

  async #open(socket: Socket, carrier: Socket): Promise<void> {
    const connection = new DeviceConnection(socket, this.#services.clock);
    try {
      const device = this.#bareDevice() ?? (await this.#greet(connection));
      if (!device) return;
      this.#unproven.delete(carrier);
      device.park(connection);
    } catch (error) {
      connection.close();
      const { message } = asGatewayError(error);
      this.#services.log.debug({ address: connection.address, reason: message }, 'a dial-in connection ended early');
    }
  }

  /** Without a handshake nothing says who it is, so that such a device has its port alone. */
  #bareDevice(): TunnelDevice | undefined {
    return [...this.#devices.values()].find(({ settings }) => isBare(settings));
  }

  async #greet(connection: DeviceConnection): Promise<TunnelDevice | undefined> {
    const { clock } = this.#services;
    const { address } = connection;
    const name = parseGreeting(await connection.line(STEP_MS));
    if (name === undefined) {
      connection.close();
      return undefined;
    }
    const device = this.#devices.get(name);
    // Whoever tries names has one count for all of them.
    const claimed = device ? name : '';
    if (this.#refusals.waitMs(address, claimed, clock.nowUs() / 1000) > 0) {
      connection.refuse('too many refused attempts, wait a minute');
      return undefined;
    }
    if (!device) return this.#refuse(connection, claimed, name, 'unknown device');
    if (!device.mayComeFrom(address)) return this.#refuse(connection, claimed, name, 'not from this address');
    const nonce = randomBytes(NONCE_BYTES);
    connection.send(`NONCE ${nonce.toString('hex')}`);
    const proof = parseProof(await connection.line(STEP_MS));
    if (!proof || !device.isProof(proof, nonce)) return this.#refuse(connection, claimed, name, 'wrong token');
    if (this.#devices.get(name) !== device) return this.#refuse(connection, claimed, name, 'the settings changed');
    this.#refusals.accepted(address, claimed);
    connection.send('OK');
    return device;
  }

  #refuse(connection: DeviceConnection, claimed: string, device: string, reason: string): undefined {
    const { clock, log, note } = this.#services;
    const { address } = connection;
    this.#refusals.refused(address, claimed, clock.nowUs() / 1000);
    log.warn({ device, address, reason }, 'a dial-in device is refused');
    note({ device, address, reason });
    connection.refuse(reason);
  }
}
