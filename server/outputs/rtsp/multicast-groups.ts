import type { Stream } from '../../hub/stream.ts';
import type { Subscription } from '../../hub/subscription.ts';
import type { Clock } from '../../platform/clock.ts';
import type { PortPair } from '../../protocols/rtsp/transport-header.ts';
import type { StreamPackets } from './stream-packets.ts';
import { type TrackTransport, UdpTransport } from './track-transport.ts';
import type { UdpPorts } from './udp-ports.ts';
import { UnitSender } from './unit-sender.ts';

export type MulticastSettings = { readonly address: string; readonly port: number; readonly ttl: number };

const PORTS_PER_STREAM = 8;

/** Streams that are sent once for all readers in the network. Each has its own ports on the one configured address. */
export class MulticastGroups {
  readonly settings: MulticastSettings;
  readonly #clock: Clock;
  readonly #groups = new Map<Stream, MulticastGroup>();

  constructor(settings: MulticastSettings, clock: Clock) {
    this.settings = settings;
    this.#clock = clock;
  }

  /** One reader's membership in the group of a stream. The stream is sent while at least one reader plays it. */
  join(stream: Stream, packets: StreamPackets, track: number, udp: UdpPorts): TrackTransport & { ports: PortPair } {
    const group = this.#groups.get(stream) ?? this.#create(stream, packets, udp);
    const ports = group.portsOf(track);
    let isMember = true;
    group.members++;
    return {
      ports,
      isReliable: false,
      start: () => group.start(),
      send: () => true,
      rtcp: () => {},
      close: () => {
        if (!isMember) return;
        isMember = false;
        if (--group.members > 0) return;
        group.close();
        this.#groups.delete(stream);
      },
    };
  }

  #create(stream: Stream, packets: StreamPackets, udp: UdpPorts): MulticastGroup {
    const taken = new Set([...this.#groups.values()].map((group) => group.slot));
    let slot = 0;
    while (taken.has(slot)) slot++;
    udp.sockets.forEach((socket) => {
      socket.setMulticastTTL(this.settings.ttl);
    });
    const group = new MulticastGroup(stream, packets, udp, this.settings, slot, this.#clock);
    this.#groups.set(stream, group);
    return group;
  }
}

class MulticastGroup {
  readonly slot: number;
  members = 0;
  readonly #stream: Stream;
  readonly #packets: StreamPackets;
  readonly #transports: readonly UdpTransport[];
  readonly #firstPort: number;
  #subscription: Subscription | undefined;

  constructor(
    stream: Stream,
    packets: StreamPackets,
    udp: UdpPorts,
    settings: MulticastSettings,
    slot: number,
    clock: Clock,
  ) {
    this.#stream = stream;
    this.#packets = packets;
    this.slot = slot;
    this.#firstPort = settings.port + slot * PORTS_PER_STREAM;
    this.#transports = packets.framers.map((_, track) => {
      const to = { address: settings.address, ports: this.portsOf(track) };
      return new UdpTransport(udp.sockets, to, clock, () => this.#subscription?.resume());
    });
  }

  portsOf(track: number): PortPair {
    const port = this.#firstPort + track * 2;
    return [port, port + 1];
  }

  start(): void {
    if (this.#subscription) return;
    const sender = new UnitSender(this.#packets, this.#transports);
    // The camera stays connected because of the readers' own watches, and they end with it.
    this.#subscription = this.#stream.subscribe({
      tracks: () => {},
      missed: (units) => {
        sender.begin(units);
        sender.sendReports();
      },
      unit: (unit) => sender.send(unit),
    });
  }

  close(): void {
    this.#subscription?.close();
    for (const transport of this.#transports) transport.close();
  }
}
