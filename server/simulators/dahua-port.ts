import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { GatewayError } from '../platform/errors.ts';
import { datagramKind } from '../protocols/dahua/datagram-kind.ts';
import type { Endpoint } from '../protocols/dahua/endpoint.ts';

type Handler = (datagram: Uint8Array, from: Endpoint) => void | Promise<void>;

/** A loopback UDP port of the cloud, an agent or a device. */
export type DahuaPort = {
  readonly local: Endpoint;
  onMessage: Handler;
  onStun: Handler;
  onPtcp: Handler;
  send(to: Endpoint, ...parts: readonly Uint8Array[]): void;
  close(): void;
};

export async function openDahuaPort(): Promise<DahuaPort> {
  const socket = createSocket({ type: 'udp4', lookup: (host, _options, done) => done(null, host, 4) });
  const listening = once(socket, 'listening');
  socket.bind(0, '127.0.0.1');
  await listening;
  socket.setRecvBufferSize(1 << 20);
  const { address, port } = socket.address();
  let isClosed = false;
  const opened: DahuaPort = {
    local: { address, port },
    onMessage: () => {},
    onStun: () => {},
    onPtcp: () => {},
    send: (to, ...parts) => {
      if (!isClosed) socket.send(parts, to.port, to.address, () => {});
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      socket.close();
    },
  };
  const handlers = { message: 'onMessage', stun: 'onStun', ptcp: 'onPtcp' } as const;
  socket.on('message', (datagram, from) => {
    const handle = async (): Promise<void> => {
      await opened[handlers[datagramKind(datagram)]](datagram, { address: from.address, port: from.port });
    };
    handle().catch((error) => {
      if (!(error instanceof GatewayError)) throw error;
    });
  });
  return opened;
}
