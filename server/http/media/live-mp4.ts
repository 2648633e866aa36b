import { Router } from 'express';
import type { Fmp4Output } from '../../outputs/fmp4/fmp4-output.ts';
import { probeWhenSilent } from '../../platform/tcp-probes.ts';
import type { RequestAccess } from '../access/request-access.ts';
import { takeWebSocket } from '../live/web-socket.ts';
import { readViewRequest, whenGone } from './view-request.ts';

export type LiveMp4RouteParts = { readonly output: Fmp4Output; readonly access: RequestAccess };

/**
 * `GET /api/cameras/:id/live.mp4?quality=sub&sound=no` is one endless answer whose type names the codecs. It also works as a
 * WebSocket, whose first message is the type, because browsers open only six HTTP/1.1 connections to one host and a page of
 * many tiles needs more.
 */
export function createLiveMp4Router({ output, access }: LiveMp4RouteParts): Router {
  const router = Router();
  router.get('/api/cameras/:id/live.mp4', async (request, response) => {
    const view = readViewRequest(request, access);
    const live = await output.openLive(view, whenGone(response));
    request.socket.setNoDelay(true);
    probeWhenSilent(request.socket);
    const webSocket = takeWebSocket(request, response, live.init.mimeType);
    if (webSocket) return live.start(webSocket);
    response.writeHead(200, {
      'content-type': live.init.mimeType,
      'cache-control': 'no-store',
      'x-accel-buffering': 'no', // nginx would collect pictures before passing them on
    });
    if (request.method === 'HEAD') response.end();
    live.start(response);
  });
  return router;
}
