import { randomBytes } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { settleWithin } from '../../platform/wait.ts';
import type { DeviceCredentials } from '../../protocols/dahua/device-auth.ts';
import { type Endpoint, sameEndpoint } from '../../protocols/dahua/endpoint.ts';
import { Tunnel } from '../../protocols/dahua/tunnel.ts';
import { CloudClient } from './cloud-client.ts';
import type { FoundDevice } from './device-directory.ts';
import { ANONYMOUS, type DeviceProof } from './device-proof.ts';
import { HolePuncher } from './hole-puncher.ts';
import { type Channel, requestChannel } from './p2p-channel.ts';
import { joinRelay, leaseRelay, unbindRelay } from './relay-channel.ts';
import type { SessionTimings } from './session-timings.ts';
import { askSign, presentSign } from './sign-exchange.ts';
import { type DatagramObserver, UdpSocket } from './udp-socket.ts';

export type PathKind = 'direct' | 'relay';

/** One way to the device, with a tunnel that is up. */
export type DevicePath = {
  readonly kind: PathKind;
  readonly tunnel: Tunnel;
  /** Tries to open the way again after silence. */
  revive(): void;
  close(): Promise<void>;
};

/** What is known of one device and how it lets us in; paths learn it from each other. */
export type DeviceAccess = {
  readonly device: FoundDevice;
  readonly credentials: DeviceCredentials | undefined;
  readonly clock: Clock;
  readonly observe: DatagramObserver | undefined;
  readonly timings: SessionTimings;
  proof: DeviceProof | undefined;
  sign: Uint8Array | undefined;
};

const CONNECT_TIMEOUT_MS = 5000;
/** Both ends have just heard of each other: three seconds, as for unknown paths, would be wasted. */
const FIRST_RESEND_MS = 500;

/** Opens a channel through the cloud, punches holes, connects and shows the sign that `signAsked` may bring. */
export async function openDirectPath(
  access: DeviceAccess,
  channelOpened: (channel: Channel) => void,
  signAsked: () => Promise<void>,
  signal: AbortSignal,
): Promise<DevicePath> {
  const { device, clock, credentials, proof } = access;
  const socket = await UdpSocket.open(access.observe);
  try {
    const client = new CloudClient(socket, device.session, clock);
    const identify = randomBytes(8);
    const optional = { ...(credentials ? { credentials } : {}), ...(proof ? { proof } : {}) };
    const channel = await requestChannel({ device, client, identify, signal, ...optional });
    access.proof = channel.proof;
    channelOpened(channel);
    const puncher = new HolePuncher(socket, identify, channel);
    const peer = await puncher.punch(clock, access.timings.punchMs, signal);
    await signAsked();
    const tunnel = await connectTunnel(socket, peer, clock, signal);
    if (access.sign && !(await presentSign(tunnel, access.sign, clock))) throw notAdmitted();
    return {
      kind: 'direct',
      tunnel,
      revive: () => puncher.knock(),
      close: async () => {
        endTunnel(tunnel);
        socket.close();
      },
    };
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** Rents a place on a relay, sends the device there once `channel` tells which proof it takes, connects and asks for the sign. */
export async function openRelayPath(
  access: DeviceAccess,
  channel: () => Promise<Channel | undefined>,
  signal: AbortSignal,
): Promise<DevicePath> {
  const { device, clock, timings } = access;
  const socket = await UdpSocket.open(access.observe);
  const client = new CloudClient(socket, device.session, clock);
  try {
    const lease = await leaseRelay(client, device, signal);
    const opened = await channel();
    const proof = opened?.proof ?? access.proof ?? ANONYMOUS;
    await joinRelay(client, device, lease, proof, opened?.nonce, timings.relayJoinMs, signal);
    const tunnel = await connectTunnel(socket, lease.agent, clock, signal);
    access.sign = (await askSign(tunnel, clock)) ?? access.sign;
    return {
      kind: 'relay',
      tunnel,
      revive: () => {}, // The agent keeps the place; only the device can come back.
      close: async () => {
        endTunnel(tunnel);
        await unbindRelay(client, lease);
        socket.close();
      },
    };
  } catch (error) {
    socket.close();
    throw error;
  }
}

function connectTunnel(socket: UdpSocket, peer: Endpoint, clock: Clock, signal: AbortSignal): Promise<Tunnel> {
  const tunnel = new Tunnel({
    clock,
    send: (...parts) => socket.send(peer, ...parts),
    tcp: { initialTimeoutMs: FIRST_RESEND_MS },
  });
  socket.onPtcp = (datagram, from) => {
    if (sameEndpoint(from, peer)) tunnel.receive(datagram);
  };
  const give = (error: GatewayError): never => {
    tunnel.close(error);
    throw error;
  };
  return settleWithin<Tunnel>({
    clock,
    timeoutMs: CONNECT_TIMEOUT_MS,
    signal,
    late: () => give(new GatewayError('timeout', 'The device was reached, but did not answer the connection.')),
    aborted: () => give(new GatewayError('stopping', 'The connection is not wanted any more.')),
    begin: ({ resolve, reject }) => {
      tunnel.onEstablished = () => resolve(tunnel);
      tunnel.onClosed = reject;
      tunnel.connect();
      return () => {
        tunnel.onClosed = () => {};
      };
    },
  });
}

function endTunnel(tunnel: Tunnel): void {
  tunnel.farewell();
  tunnel.close(new GatewayError('camera-closed', 'The path to the device was closed.'));
}

function notAdmitted(): GatewayError {
  return new GatewayError('no-direct-path', 'The device does not admit direct connections.');
}
