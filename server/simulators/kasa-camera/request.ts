import type { TLSSocket } from 'node:tls';
import { endOfHead, parseHeaders } from '../../protocols/http/response-head.ts';

export type HttpRequest = {
  readonly method: string;
  readonly target: string;
  readonly headers: ReadonlyMap<string, string>;
  /** The bytes after the head that arrived together with it. */
  readonly body: Uint8Array;
  /** The whole body of a request with a Content-Length. */
  readBody(then: (body: string) => void): void;
};

const MAX_BYTES = 64 * 1024;

/** Reads the one request of a connection; these cameras serve one request per connection. */
export function serveRequests(socket: TLSSocket, answer: (request: HttpRequest) => void): void {
  let bytes: Buffer = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk]);
    const end = endOfHead(bytes);
    if (end === undefined) {
      if (bytes.length > MAX_BYTES) socket.destroy();
      return;
    }
    socket.off('data', onData);
    const [requestLine = '', ...lines] = bytes.toString('latin1', 0, end).split(/\r?\n/);
    const [method = '', target = ''] = requestLine.split(' ');
    const headers = parseHeaders(lines);
    const body = bytes.subarray(end);
    answer({ method, target, headers, body, readBody: (then) => readBody(socket, headers, body, then) });
  };
  socket.on('data', onData);
}

function readBody(
  socket: TLSSocket,
  headers: ReadonlyMap<string, string>,
  start: Buffer,
  then: (body: string) => void,
): void {
  const wanted = Math.min(Number(headers.get('content-length') ?? 0), MAX_BYTES);
  let body = start;
  const check = (): void => {
    if (body.length < wanted) return;
    socket.off('data', onData);
    then(body.toString('latin1', 0, wanted));
  };
  const onData = (chunk: Buffer): void => {
    body = Buffer.concat([body, chunk]);
    check();
  };
  socket.on('data', onData);
  check();
}
