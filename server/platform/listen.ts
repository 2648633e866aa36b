import type { AddressInfo, Server } from 'node:net';
import { GatewayError } from './errors.ts';
import { reportStray } from './stray-errors.ts';

export type ListenPlace = {
  readonly port: number;
  /** When absent, it listens on every address of this machine. */
  readonly host?: string | undefined;
  /** The options or config keys with which people choose another port and another address. */
  readonly settings: { readonly port: string; readonly host: string };
};

export const WEBRTC_SETTINGS = { port: '--webrtc-port or webrtc.port', host: 'webrtc.host' };

/** Resolves with the port once connections are accepted; rejects with a sentence. Later errors, such as no free descriptor, stop nothing. */
export function listenOn(server: Server, { port, host, settings }: ListenPlace): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(cannotListen(error, port, host, settings));
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      server.on('error', reportStray);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** The sentence about a port that cannot be opened, TCP or UDP. */
export function cannotListen(
  error: NodeJS.ErrnoException,
  port: number,
  host: string | undefined,
  settings: ListenPlace['settings'],
): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return refused(
        `Port ${port} is taken by another program. Stop it, or choose another with ${settings.port}.`,
        error,
      );
    case 'EACCES':
      return refused(`This user may not open port ${port}. Choose one above 1023 with ${settings.port}.`, error);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return refused(`This machine has no address ${host}. Choose another with ${settings.host}.`, error);
    case 'EMFILE':
    case 'ENFILE':
      return refused(
        `Port ${port} cannot be opened, because no file descriptor is free. Raise the limit (ulimit -n).`,
        error,
      );
    default:
      return error;
  }
}

/** This is a failed task and not wrong usage: the same command works once the port is free. */
function refused(message: string, cause: Error): GatewayError {
  return new GatewayError('already-exists', message, { cause });
}
