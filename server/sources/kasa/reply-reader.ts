import type { Duplex } from 'node:stream';
import { GatewayError } from '../../platform/errors.ts';
import { parseResponseHead, type ResponseHead } from '../../protocols/http/response-head.ts';

export type Reply = {
  readonly head: ResponseHead /** Bytes behind the head that came with it. */;
  readonly rest: Uint8Array;
};

/** The head of the reply to what was just asked. */
export function readReplyHead(socket: Duplex, timeoutMs: number, signal: AbortSignal): Promise<Reply> {
  let bytes: Uint8Array = new Uint8Array(0);
  return collect(socket, timeoutMs, signal, (chunk, ended) => {
    bytes = Buffer.concat([bytes, chunk]);
    const parsed = parseResponseHead(bytes);
    if (parsed) return { head: parsed.head, rest: bytes.subarray(parsed.end) };
    if (ended) throw new GatewayError('camera-closed', 'The camera closed the connection without an answer.');
    return undefined;
  });
}

/** The rest of a short reply, to its announced length or to the end of the connection. */
export function readReplyBody(
  socket: Duplex,
  reply: Reply,
  maxBytes: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const announced = Number(reply.head.headers.get('content-length') ?? Number.NaN);
  const wanted = announced >= 0 ? announced : Number.POSITIVE_INFINITY;
  const parts = [reply.rest];
  let length = reply.rest.length;
  if (length >= wanted) return Promise.resolve(reply.rest.subarray(0, wanted));
  return collect(socket, timeoutMs, signal, (chunk, ended) => {
    parts.push(chunk);
    length += chunk.length;
    if (length > maxBytes) throw new GatewayError('too-large', `The camera’s answer exceeds ${maxBytes} bytes.`);
    return ended || length >= wanted ? Buffer.concat(parts) : undefined;
  });
}

/** Feeds what arrives to `take` until it has its answer, within the deadline. The socket is left paused. */
function collect<Value>(
  socket: Duplex,
  timeoutMs: number,
  signal: AbortSignal,
  take: (chunk: Uint8Array, ended: boolean) => Value | undefined,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const done = (act: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.removeListener('data', onData);
      socket.removeListener('end', onEnd);
      socket.removeListener('close', onEnd);
      socket.removeListener('error', onError);
      socket.pause();
      act();
    };
    const feed = (chunk: Uint8Array, ended: boolean): void => {
      try {
        const value = take(chunk, ended);
        if (value !== undefined) done(() => resolve(value));
      } catch (error) {
        done(() => reject(error));
      }
    };
    const onData = (chunk: Uint8Array): void => feed(chunk, false);
    const onEnd = (): void => feed(new Uint8Array(0), true);
    const onError = (error: Error): void =>
      done(() => reject(new GatewayError('camera-closed', 'The camera closed the connection.', { cause: error })));
    const onAbort = (): void => done(() => reject(new GatewayError('stopping', 'Called off.')));
    const timer = setTimeout(
      () => done(() => reject(new GatewayError('timeout', 'The camera did not answer in time.'))),
      timeoutMs,
    );
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('data', onData);
    socket.once('end', onEnd);
    socket.once('close', onEnd);
    socket.once('error', onError);
    if (signal.aborted) onAbort();
    else socket.resume();
  });
}
