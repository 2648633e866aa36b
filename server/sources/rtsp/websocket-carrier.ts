import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocket } from 'ws';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import type { WebCarrierOptions } from './http-tunnel.ts';
import { WebLogin } from './web-login.ts';

const SUBPROTOCOL = 'rtsp.onvif.org';
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
const MAX_LOGIN_ATTEMPTS = 4;

/** RTSP over WebSocket (ONVIF streaming specification clause 5.1.1.5): messages are just pieces of the byte stream. */
export async function openWebSocket(options: WebCarrierOptions): Promise<Duplex> {
  const login = new WebLogin(options.credentials, options.loginMemory);
  for (let attempt = 0; attempt < MAX_LOGIN_ATTEMPTS; attempt++) {
    const connection = await options.dial();
    const socket = await connect(connection, options, login);
    if (socket instanceof WebSocket) {
      login.accepted();
      return createWebSocketStream(socket);
    }
    connection.destroy();
    login.refused(socket.statusCode ?? 0, [socket.headers['www-authenticate'] ?? '']);
  }
  throw new GatewayError('wrong-password', 'The camera’s web server refuses this user name and password.');
}

function connect(
  connection: Duplex,
  options: WebCarrierOptions,
  login: WebLogin,
): Promise<WebSocket | IncomingMessage> {
  const authorization = login.header('GET', options.target);
  const socket = new WebSocket(`ws://${options.host}${options.target}`, [SUBPROTOCOL], {
    createConnection: () => connection,
    handshakeTimeout: options.timeoutMs,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    headers: authorization ? { Authorization: authorization } : {},
  });
  const onAbort = (): void => {
    connection.destroy();
  };
  options.signal.addEventListener('abort', onAbort, { once: true });
  const answer = new Promise<WebSocket | IncomingMessage>((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_request, response) => resolve(response));
    socket.once('error', (error) => {
      connection.destroy();
      reject(asGatewayError(error, 'camera-closed'));
    });
  });
  return answer.finally(() => options.signal.removeEventListener('abort', onAbort));
}
