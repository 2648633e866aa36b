import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A cable between two sides, which can be cut: what is sent then gets nowhere, and nobody is told. */
export type Wire = {
  readonly port: number;
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
};

/** TCP. While it is cut nobody listens at its end, as at a machine that is not there any more. */
export async function startTcpWire(target: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('data', (bytes) => other.write(bytes));
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      if (isCut) socket.pause();
    }
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    cut: async () => {
      isCut = true;
      server.close();
      for (const socket of sockets) socket.pause();
    },
    mend: async () => {
      isCut = false;
      await listen(port);
      for (const socket of sockets) socket.resume();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      if (server.listening) server.close();
    },
  };
}

/** UDP, for any number of clients, on every address of this machine. */
export async function startUdpWire(target: number): Promise<Wire> {
  const front = createSocket('udp4');
  const backs = new Map<string, UdpSocket>();
  let isCut = false;
  const backOf = (address: string, port: number): UdpSocket => {
    const client = `${address}:${port}`;
    const known = backs.get(client);
    if (known) return known;
    const back = createSocket('udp4');
    backs.set(client, back);
    back.on('message', (bytes) => {
      if (!isCut) front.send(bytes, port, address);
    });
    back.on('error', () => undefined);
    return back;
  };
  front.on('message', (bytes, { address, port }) => {
    if (!isCut) backOf(address, port).send(bytes, target, '127.0.0.1');
  });
  front.bind(0, '0.0.0.0');
  await once(front, 'listening');
  const { port } = front.address();
  return {
    port,
    cut: async () => {
      isCut = true;
    },
    mend: async () => {
      isCut = false;
    },
    close: async () => {
      front.close();
      for (const back of backs.values()) back.close();
    },
  };
}
