import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { asGatewayError, GatewayError } from '../platform/errors.ts';
import { UsageError } from './command.ts';

export type LocalAddress = { readonly host: string; readonly port: number };

/** Reads HOST:PORT, or only PORT for a port of this computer. */
export function parseLocalAddress(text: string): LocalAddress {
  const match = /^(?:(\[[0-9a-f:]+\]|[^:\s]+):)?(\d{1,5})$/i.exec(text);
  const port = Number(match?.[2]);
  if (!match || port > 65_535) throw new UsageError(`--listen takes HOST:PORT, such as 127.0.0.1:1554, not ${text}.`);
  return { host: (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port };
}

export type LocalPort = { readonly port: number; close(): Promise<void> };

export type LocalPortOptions = {
  /** Opens the connection for each client. */
  readonly open: (signal: AbortSignal) => Promise<Duplex>;
  readonly failed: (error: GatewayError) => void;
};

/** A TCP port on this computer that forwards any number of clients at once. */
export async function listenLocally(address: LocalAddress, options: LocalPortOptions): Promise<LocalPort> {
  const abort = new AbortController();
  const clients = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    clients.add(socket);
    socket.once('close', () => clients.delete(socket));
    void serve(socket, options, abort.signal);
  });
  server.listen(address.port, address.host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const message = `Port ${address.port} on ${address.host} cannot be opened. It may be in use: choose another one with --listen.`;
    throw new GatewayError('already-exists', message, { cause });
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      abort.abort();
      for (const client of clients) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function serve(socket: Socket, options: LocalPortOptions, stopping: AbortSignal): Promise<void> {
  const gone = new AbortController();
  socket.on('error', () => {}); // A client may leave at any time.
  socket.once('close', () => gone.abort());
  try {
    const remote = await options.open(AbortSignal.any([stopping, gone.signal]));
    await pipeline(socket, remote, socket).catch(() => {});
  } catch (error) {
    if (!gone.signal.aborted && !stopping.aborted) options.failed(asGatewayError(error));
    socket.destroy();
  }
}
