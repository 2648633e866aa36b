import { readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import type { DialOptions } from '../../hub/source.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import { type DoorServices, RawListener } from './raw-listener.ts';
import { isBare, type RawTunnel, USUAL_HOST } from './raw-tunnel.ts';
import { TunnelDevice } from './tunnel-device.ts';

type Door = { readonly signature: string; readonly listener: RawListener };

/** Every device that dials in, and the ports that they dial. */
export class TunnelDevices {
  readonly #services: DoorServices;
  readonly #doors = new Map<string, Door>();
  readonly #devices = new Map<string, { readonly signature: string; readonly device: TunnelDevice }>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(services: DoorServices) {
    this.#services = services;
  }

  /** Takes these entries in place of the ones before; connections of unchanged ones go on. Rejects when a port cannot be opened; the others are. */
  configure(entries: readonly RawTunnel[]): Promise<void> {
    const turn = this.#turn.then(() => this.#configure(entries));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** The port that a device dials, once it is open. */
  portOf(name: string): number | undefined {
    const settings = this.#devices.get(name)?.device.settings;
    return settings && this.#doors.get(doorOf(settings))?.listener.port;
  }

  /** How the camera behind a device calls itself. */
  hostOf(name: string): string {
    return this.#find(name).settings.host ?? USUAL_HOST;
  }

  async knock(name: string): Promise<void> {
    await this.#find(name).knock();
  }

  async dial(name: string, options: DialOptions): Promise<Duplex> {
    return this.#find(name).dial(options);
  }

  /** The networks that stand in place of a token, for a device that knows no handshake. */
  bareNetworks(name: string): readonly string[] | undefined {
    const settings = this.#devices.get(name)?.device.settings;
    return settings && isBare(settings) ? (settings.from ?? []) : undefined;
  }

  async close(): Promise<void> {
    await this.configure([]);
  }

  #find(name: string): TunnelDevice {
    const found = this.#devices.get(name);
    if (found) return found.device;
    throw new GatewayError(
      'device-away',
      `This gateway expects no device ${name}. Describe it in tunnel.raw of the configuration.`,
    );
  }

  async #configure(entries: readonly RawTunnel[]): Promise<void> {
    const { clock, log } = this.#services;
    const signatures = new Map(entries.map((entry) => [entry.name, JSON.stringify(entry)]));
    for (const [name, { signature, device }] of this.#devices) {
      if (signatures.get(name) === signature) continue;
      this.#devices.delete(name);
      device.close(`The settings of the device ${name} changed.`);
    }
    for (const entry of entries) {
      if (this.#devices.has(entry.name)) continue;
      if (isBare(entry))
        log.warn(
          { device: entry.name, from: entry.from },
          'this dial-in device proves nothing: whoever comes from its network is taken for its camera',
        );
      const signature = signatures.get(entry.name) as string;
      this.#devices.set(entry.name, { signature, device: new TunnelDevice(entry, clock, log) });
    }
    await this.#openDoors(entries);
  }

  async #openDoors(entries: readonly RawTunnel[]): Promise<void> {
    const wanted = new Map<string, RawTunnel[]>();
    for (const entry of entries) wanted.set(doorOf(entry), [...(wanted.get(doorOf(entry)) ?? []), entry]);
    const failures: GatewayError[] = [];
    const signatures = new Map<string, string>();
    for (const [name, [first]] of wanted) {
      try {
        if (first) signatures.set(name, JSON.stringify([first.listen, first.tls && readFiles(first.tls)]));
      } catch (error) {
        failures.push(asGatewayError(error, 'config-invalid'));
      }
    }
    for (const [name, door] of this.#doors) {
      if (signatures.get(name) === door.signature) continue;
      this.#doors.delete(name);
      await door.listener.close();
    }
    for (const [name, group] of wanted) {
      const signature = signatures.get(name);
      const [first] = group;
      if (signature === undefined || !first) continue;
      const devices = group.flatMap((entry) => this.#devices.get(entry.name)?.device ?? []);
      const known = this.#doors.get(name);
      if (known) known.listener.serve(devices);
      else
        await this.#open(name, first, signature, devices).catch((error: unknown) => {
          failures.push(asGatewayError(error));
        });
    }
    if (failures[0]) throw failures[0];
  }

  async #open(name: string, entry: RawTunnel, signature: string, devices: readonly TunnelDevice[]): Promise<void> {
    const listener = new RawListener(entry, this.#services);
    listener.serve(devices);
    await listener.listen();
    this.#doors.set(name, { signature, listener });
    this.#services.log.info(
      { port: listener.port, devices: devices.map(({ settings }) => settings.name), tls: entry.tls !== undefined },
      'dial-in devices are awaited',
    );
  }
}

function doorOf({ name, port }: RawTunnel): string {
  return port === 0 ? `free for ${name}` : String(port);
}

function readFiles({ cert, key }: { readonly cert: string; readonly key: string }): readonly string[] {
  return [readFileSync(cert, 'utf8'), readFileSync(key, 'utf8')];
}
