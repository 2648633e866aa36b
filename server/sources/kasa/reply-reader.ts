import type { Duplex } from 'node:stream';
import { systemClock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { settleWithin } from '../../platform/wait.ts';
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
  return settleWithin<Value>({
    clock: systemClock,
    timeoutMs,
    signal,
    late: () => {
      throw new GatewayError('timeout', 'The camera did not answer in time.');
    },
    aborted: () => {
      throw new GatewayError('stopping', 'Called off.');
    },
    begin: ({ resolve, reject }) => {
      const feed = (chunk: Uint8Array, ended: boolean): void => {
        try {
          const value = take(chunk, ended);
          if (value !== undefined) resolve(value);
        } catch (error) {
          reject(error);
        }
      };
      const onData = (chunk: Uint8Array): void => feed(chunk, false);
      const onEnd = (): void => feed(new Uint8Array(0), true);
      const onError = (error: Error): void =>
        reject(new GatewayError('camera-closed', 'The camera closed the connection.', { cause: error }));
      socket.on('data', onData).once('end', onEnd).once('close', onEnd).once('error', onError);
      socket.resume();
      return () => {
        socket.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onError);
        socket.pause();
      };
    },
  });
}
