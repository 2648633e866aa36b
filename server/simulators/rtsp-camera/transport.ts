import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type PortPair, parseTransportOffers, type TransportOffer } from '../../protocols/rtsp/transport-header.ts';
import { type Carrier, DatagramCarrier, type InterleavedWriter } from './carrier.ts';
import type { CameraSession } from './session.ts';

const MULTICAST_ADDRESS = '239.255.42.42';
const MULTICAST_FIRST_PORT = 20_000;
const PORT_TRIES = 20;
const NOBODY: Carrier = { rtp: () => {}, rtcp: () => {} };

/** Sets up one track as the client asks and the camera allows. Returns the reply's Transport header, or undefined for a 461. */
export async function setUpTransport(
  session: CameraSession,
  track: number,
  header: string,
  writer: InterleavedWriter,
  remoteAddress: string,
  localAddress: string,
): Promise<string | undefined> {
  const { refuses = [] } = session.path.options.quirks?.transport ?? {};
  const offer = parseTransportOffers(header).find((candidate) => !refuses.includes(nameOf(candidate)));
  if (!offer) return undefined;
  if (offer.carrier === 'tcp') return setUpTcp(session, track, offer, writer);
  if (offer.cast === 'multicast') return setUpMulticast(session, track, localAddress);
  return offer.clientPorts && setUpUdp(session, track, offer.clientPorts, remoteAddress, localAddress);
}

function nameOf(offer: TransportOffer): 'tcp' | 'udp' | 'multicast' {
  return offer.cast === 'multicast' ? 'multicast' : offer.carrier;
}

function setUpTcp(session: CameraSession, track: number, offer: TransportOffer, writer: InterleavedWriter): string {
  const { fixedChannels, reply } = session.path.options.quirks?.transport ?? {};
  const asked: PortPair = offer.channels ?? [track * 2, track * 2 + 1];
  const channels: PortPair =
    fixedChannels === undefined ? asked : [fixedChannels + track * 2, fixedChannels + track * 2 + 1];
  const { ssrc } = session.setUp(track, writer.carrier(channels));
  return fill(reply ?? 'RTP/AVP/TCP;unicast;interleaved={rtp}-{rtcp};ssrc={ssrc}', { channels, ssrc, track });
}

async function setUpUdp(
  session: CameraSession,
  track: number,
  clientPorts: PortPair,
  remoteAddress: string,
  localAddress: string,
): Promise<string> {
  const { transport = {}, network } = session.path.options.quirks ?? {};
  const sockets = await bindPair(localAddress);
  sockets[1].on('message', () => session.receiverReport());
  session.onEnd(() => {
    for (const socket of sockets) socket.close();
  });
  const carrier = transport.silentUdp ? NOBODY : new DatagramCarrier(sockets, remoteAddress, clientPorts, network);
  const { ssrc } = session.setUp(track, carrier);
  const first = sockets[0].address().port;
  const serverPorts: PortPair = transport.serverPort === 'zero' ? [0, 0] : [first, first + 1];
  const usual = `RTP/AVP;unicast;client_port={clientPorts}${transport.serverPort === 'missing' ? '' : ';server_port={serverPorts}'};ssrc={ssrc}`;
  return fill(transport.reply ?? usual, { clientPorts, serverPorts, ssrc, track });
}

async function setUpMulticast(session: CameraSession, track: number, localAddress: string): Promise<string> {
  const { transport = {}, network } = session.path.options.quirks ?? {};
  const ports: PortPair = [MULTICAST_FIRST_PORT + track * 2, MULTICAST_FIRST_PORT + track * 2 + 1];
  const sockets = await bindPair(localAddress);
  for (const socket of sockets) socket.setMulticastInterface(localAddress);
  session.onEnd(() => {
    for (const socket of sockets) socket.close();
  });
  const { ssrc } = session.setUp(track, new DatagramCarrier(sockets, MULTICAST_ADDRESS, ports, network));
  const usual = `RTP/AVP;multicast;destination=${MULTICAST_ADDRESS};port=${ports[0]}-${ports[1]};ttl=1`;
  return fill(transport.reply ?? usual, { ssrc, track });
}

/** An even port and the next one. */
async function bindPair(address: string): Promise<[UdpSocket, UdpSocket]> {
  for (let attempt = 0; attempt < PORT_TRIES; attempt++) {
    const rtp = await bind(address, 0);
    const { port } = rtp.address();
    const rtcp = port % 2 === 0 ? await bind(address, port + 1).catch(() => undefined) : undefined;
    if (rtcp) return [rtp, rtcp];
    rtp.close();
  }
  throw new Error('No pair of free UDP ports was found.');
}

async function bind(address: string, port: number): Promise<UdpSocket> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.bind(port, address);
  try {
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on('error', () => {});
  return socket;
}

type Facts = {
  readonly ssrc: number;
  readonly track: number;
  readonly channels?: PortPair;
  readonly clientPorts?: PortPair;
  readonly serverPorts?: PortPair;
};

function fill(pattern: string, facts: Facts): string {
  const { channels = [0, 0], clientPorts = [0, 0], serverPorts = [0, 0] } = facts;
  return pattern
    .replace('{n}', `${facts.track}`)
    .replace('{rtp}', `${channels[0]}`)
    .replace('{rtcp}', `${channels[1]}`)
    .replace('{ssrc}', facts.ssrc.toString(16).toUpperCase().padStart(8, '0'))
    .replace('{clientPorts}', clientPorts.join('-'))
    .replace('{serverPorts}', serverPorts.join('-'));
}
