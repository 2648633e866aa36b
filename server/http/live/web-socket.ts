import { type IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Duplex, PassThrough } from 'node:stream';
import type { Request, RequestHandler, Response } from 'express';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { GatewayError } from '../../platform/errors.ts';
import { isOriginOf } from '../access/cross-site.ts';

/** Players have nothing to send. What they send is discarded. */
const MAX_MESSAGE_BYTES = 1024;

const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });

type Upgrade = { readonly socket: Socket; readonly head: Buffer };
const upgrades = new WeakMap<IncomingMessage, Upgrade>();

/**
 * Handles requests for a WebSocket like every other request, with the same rights, limits and refusals, until a route takes the
 * connection with `takeWebSocket`. Returns a function that ends the open ones.
 */
export function routeUpgrades(server: Server, app: RequestListener, isOthers: (path: string) => boolean): () => void {
  const open = new Set<Socket>();
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (isOthers(request.url ?? '')) return;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    // A body would stay unread in the socket.
    if (request.method !== 'GET') return socket.destroy();
    upgrades.set(request, { socket, head });
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once('finish', () => socket.end());
    app(request, response);
  });
  return () => {
    for (const socket of open) socket.destroy();
  };
}

/** The caller's connection as a WebSocket that takes bytes after `hello`; undefined when it asked for none. */
export function takeWebSocket(request: Request, response: Response, hello: string): Duplex | undefined {
  const upgrade = upgrades.get(request);
  if (!upgrade) return undefined;
  upgrades.delete(request);
  response.detachSocket(upgrade.socket);
  let taken: Duplex | undefined;
  sockets.handleUpgrade(request, upgrade.socket, upgrade.head, (socket) => {
    socket.send(hello);
    taken = createWebSocketStream(socket).resume();
  });
  // The caller is gone or its handshake is wrong. Writing to it then ends like on any connection.
  return taken ?? new PassThrough().destroy();
}

/** Browsers let a page of any site open a WebSocket with our cookie, but they send the page's origin. */
export const refuseForeignWebSocket: RequestHandler = (request, _response, next) => {
  const { origin } = request.headers;
  const isForeign = upgrades.has(request) && origin !== undefined && !isOriginOf(origin, request.host);
  next(isForeign ? new GatewayError('not-allowed', 'A page of another site cannot open a WebSocket here.') : undefined);
};
