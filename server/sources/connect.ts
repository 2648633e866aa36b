import { connect, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { CameraMemory, Dial, DialOptions } from '../hub/source.ts';
import { systemClock } from '../platform/clock.ts';
import { asGatewayError, GatewayError } from '../platform/errors.ts';
import { settleWithin } from '../platform/wait.ts';

/** Dials over the gateway's own network. */
export const dialDirect: Dial = (host, port, options) => {
  const socket = connect({ host, port });
  socket.setNoDelay(true);
  return untilEvent(socket, 'connect', options);
};

export type TlsOptions = DialOptions & {
  readonly host: string;
  /** Where the certificate of the first connection is remembered. */
  readonly memory: CameraMemory;
  /** What this camera needs beside the usual: older versions, other ciphers. */
  readonly tls?: ConnectionOptions;
};

const CERTIFICATE_KEY = 'tls-certificate';

/**
 * TLS over any connection. Cameras sign their certificates themselves, so the first one seen is pinned; one that a known
 * authority signed may change.
 */
export async function secure(carrier: Duplex, options: TlsOptions): Promise<TLSSocket> {
  const name = isIP(options.host) ? {} : { servername: options.host };
  const socket = connectTls({ ...options.tls, socket: carrier, rejectUnauthorized: false, ...name });
  socket.on('error', () => carrier.destroy());
  try {
    await untilEvent(socket, 'secureConnect', options);
  } catch (error) {
    carrier.destroy();
    // A plain RTSP server keeps silent until it has read a whole line, which never comes.
    if (asGatewayError(error).code === 'stopping') throw error;
    throw new GatewayError(
      'tls-failed',
      'No encrypted connection could be made. Check that the camera speaks TLS on this port.',
      { cause: error },
    );
  }
  if (!socket.authorized) checkPin(socket, options);
  return socket;
}

function checkPin(socket: TLSSocket, { host, memory }: TlsOptions): void {
  const fingerprint = socket.getPeerCertificate().fingerprint256;
  const key = `${CERTIFICATE_KEY}:${host}`;
  const pinned = memory.get(key);
  if (pinned === undefined) memory.set(key, fingerprint);
  else if (pinned !== fingerprint) {
    socket.destroy();
    throw new GatewayError(
      'certificate-changed',
      'The camera shows another certificate than before. If it was reset or replaced, save its settings again; otherwise somebody may be in between.',
    );
  }
}

/** Resolves with the socket once `event` came; destroys it and rejects on error, abort or when time is up. */
function untilEvent<S extends Socket>(socket: S, event: string, options: DialOptions): Promise<S> {
  const { timeoutMs, signal } = options;
  return settleWithin<S>({
    clock: systemClock,
    timeoutMs,
    signal,
    late: () => {
      throw new GatewayError(
        'timeout',
        'The camera did not answer in time. Check the address and that the camera is powered and on the network.',
      );
    },
    aborted: () => {
      throw new GatewayError('stopping', 'The connection attempt was stopped.');
    },
    begin: ({ resolve, reject }) => {
      const onReady = (): void => resolve(socket);
      const onError = (error: unknown): void => reject(asGatewayError(error, 'tls-failed'));
      const onClose = (): void => reject(new GatewayError('camera-closed', 'The camera closed the connection.'));
      socket.once(event, onReady).once('error', onError).once('close', onClose);
      return () => void socket.off(event, onReady).off('error', onError).off('close', onClose);
    },
  }).catch((error: unknown) => {
    // A destroyed socket may still report an error, which nobody waits for.
    socket.on('error', () => {}).destroy();
    throw error;
  });
}
