import type { Socket } from 'node:net';
import { chooseTransport } from '../../protocols/rtsp/server-transport.ts';
import {
  type PortPair,
  serializeTransportAnswer,
  type TransportAnswer,
  type TransportOffer,
} from '../../protocols/rtsp/transport-header.ts';
import type { ReaderHost } from './reader-host.ts';
import type { ReaderSession } from './reader-session.ts';
import { TcpTransport, UdpTransport } from './track-transport.ts';

/** The connection that a SETUP came on. */
export type ReaderCarrier = {
  readonly socket: Socket;
  readonly address: string;
  readonly channels: Map<number, ReaderSession>;
};

/** Gives a track of a session its transport. Returns the reply's Transport header, or undefined when no offer is possible. */
export async function setUpTrack(
  host: ReaderHost,
  session: ReaderSession,
  track: number,
  offers: readonly TransportOffer[],
  carrier: ReaderCarrier,
): Promise<string | undefined> {
  const taken = new Set(carrier.channels.keys());
  const choice = chooseTransport(offers, host.allowed, taken);
  if (!choice) return undefined;
  const { chosen, offer } = choice;
  const ssrc = session.ssrcOf(track) ?? 0;
  let answer: TransportAnswer;
  switch (chosen.kind) {
    case 'tcp':
      session.setUp(track, new TcpTransport(carrier.socket, chosen.channels));
      for (const channel of chosen.channels) carrier.channels.set(channel, session);
      answer = { kind: 'tcp', channels: chosen.channels, ssrc };
      break;
    case 'udp': {
      const serverPorts = await setUpUdp(host, session, track, carrier.address, chosen.clientPorts);
      answer = { kind: 'udp', clientPorts: chosen.clientPorts, serverPorts, ssrc };
      break;
    }
    case 'multicast': {
      if (!host.multicast) return undefined;
      const { address, ttl } = host.multicast.settings;
      const { ports } = session.joinGroup(host.multicast, track, await host.udpPorts(address));
      answer = { kind: 'multicast', address, ports, ttl };
    }
  }
  return serializeTransportAnswer(answer, offer.usesAddresses);
}

async function setUpUdp(
  host: ReaderHost,
  session: ReaderSession,
  track: number,
  address: string,
  ports: PortPair,
): Promise<PortPair> {
  const udp = await host.udpPorts(address);
  const transport = new UdpTransport(udp.sockets, { address, ports }, host.clock, () => session.resume());
  const stopListening = udp.listen(address, ports[1], (rtcp) => session.heard(rtcp));
  session.onEnd(stopListening);
  session.setUp(track, transport);
  return udp.ports;
}
