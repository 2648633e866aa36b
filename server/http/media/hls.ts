import { type NextFunction, type Request, type Response, Router } from 'express';
import type { Right } from '../../hub/right.ts';
import type { HlsOutput } from '../../outputs/hls/hls-output.ts';
import type { HlsStream } from '../../outputs/hls/hls-stream.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { RequestAccess } from '../access/request-access.ts';
import { readViewRequest, whenGone } from './view-request.ts';

export type HlsRouteParts = { readonly output: HlsOutput; readonly access: RequestAccess };

const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';
/** Addresses of media are never used twice, so browsers may cache them. Shared caches must not, because the media needs a right. */
const MEDIA_HEADERS = { 'content-type': 'video/mp4', 'cache-control': 'private, max-age=3600, immutable' };

/** `/api/cameras/:id/hls/index.m3u8` and what it names. */
export function createHlsRouter({ output, access }: HlsRouteParts): Router {
  const router = Router();

  router.get('/api/cameras/:id/hls/index.m3u8', async (request, response) => {
    const text = await output.open(
      { ...readViewRequest(request, access), reader: readerOf(request) },
      tokenSuffix(request),
      whenGone(response),
    );
    sendPlaylist(response, text);
  });

  router.get('/api/cameras/:id/hls/:epoch/live.m3u8', async (request, response) => {
    const { principal } = readViewRequest(request, access);
    const session = output.session(
      request.params.epoch,
      String(request.query.session),
      principal.right,
      readerOf(request),
    );
    const mediaSequence = readNumber(request, '_HLS_msn');
    const part = readNumber(request, '_HLS_part');
    if (part !== undefined && mediaSequence === undefined)
      throw new GatewayError('bad-request', '_HLS_part needs _HLS_msn (RFC 8216bis clause 6.2.5.2).');
    const directives = {
      delta: request.query._HLS_skip === 'YES' || request.query._HLS_skip === 'v2',
      suffix: tokenSuffix(request),
      ...(mediaSequence === undefined ? {} : { mediaSequence }),
      ...(part === undefined ? {} : { part }),
    };
    sendPlaylist(response, await session.playlist(directives, whenGone(response)));
  });

  router.get('/api/cameras/:id/hls/:epoch/:object', (request, response, next) => {
    const { camera, principal } = readViewRequest(request, access);
    const stream = output.stream(request.params.epoch, principal.mayListen);
    if (!stream.key.startsWith(`${camera}/`)) throw notThere();
    sendObject(response, stream, request.params.object, principal.right, next);
  });

  return router;
}

/** The device, by its address and program, so that a playback whose URL was passed on is recognised. */
function readerOf(request: Request): string {
  return `${request.ip} ${request.get('user-agent') ?? ''}`;
}

function sendPlaylist(response: Response, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(200, {
    'content-type': PLAYLIST_TYPE,
    'content-length': body.length,
    'cache-control': 'no-store',
  });
  response.end(body);
}

function sendObject(response: Response, stream: HlsStream, name: string, right: Right, next: NextFunction): void {
  const object = stream.object(name);
  if (!object) throw notThere();
  if (!object.isComplete) {
    sendGrowing(response, stream, name, right, next);
    return;
  }
  const length = object.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  response.writeHead(200, { ...MEDIA_HEADERS, 'content-length': length });
  for (const chunk of object.chunks.slice(0, -1)) response.write(chunk);
  response.end(object.chunks.at(-1));
}

/** Sends an announced object that is not complete yet: each picture as it comes, until it is complete. */
function sendGrowing(response: Response, stream: HlsStream, name: string, right: Right, next: NextFunction): void {
  let sent = 0;
  const fail = (): void => {
    stopListening();
    if (response.headersSent) response.destroy();
    else next(notThere());
  };
  const progress = (): void => {
    const object = stream.object(name);
    if (!object) {
      fail(); // A key frame came first, or the stream forgot it: there will be nothing more under this name.
      return;
    }
    const chunks = remainderOf(object.chunks, sent);
    if (chunks.length > 0 && !response.headersSent) response.writeHead(200, MEDIA_HEADERS);
    for (const chunk of chunks) {
      response.write(chunk);
      sent += chunk.length;
    }
    if (!object.isComplete) return;
    stopListening();
    response.end();
  };
  const stopListening = stream.listen({ progress, segmentClosed: () => undefined, ended: fail });
  const leaveRight = right.onEnd(fail);
  response.once('close', () => {
    stopListening();
    leaveRight();
  });
  progress();
}

/** The bytes after the first `sent` ones. */
function remainderOf(chunks: readonly Uint8Array[], sent: number): Uint8Array[] {
  let skip = sent;
  const rest: Uint8Array[] = [];
  for (const chunk of chunks) {
    if (skip < chunk.length) rest.push(chunk.subarray(skip));
    skip = Math.max(0, skip - chunk.length);
  }
  return rest;
}

function notThere(): GatewayError {
  return new GatewayError('not-found', 'This part of the stream is not there, or not any more.');
}

/** A token in the address must be added to every address in a playlist. Cookies and headers are sent by themselves. */
function tokenSuffix(request: Request): string {
  const { token } = request.query;
  return typeof token === 'string' ? `?token=${encodeURIComponent(token)}` : '';
}

function readNumber(request: Request, name: string): number | undefined {
  const text = request.query[name];
  if (text === undefined) return undefined;
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text))
    throw new GatewayError('bad-request', `${name} is a whole number (RFC 8216bis clause 6.2.5.2).`);
  return Number(text);
}
