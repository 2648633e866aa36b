import { cameraPath } from '../../gateway/gateway-address.ts';
import { send } from '../../gateway/request.ts';
import type { TransportRequest } from '../transport.ts';

/** An endless MP4 as it arrives. */
export type Mp4Sink = {
  /** Before the first bytes. */
  type(mimeType: string): void;
  bytes(chunk: Uint8Array<ArrayBuffer>): void;
};

/** True once it is known that something between this page and the gateway lets no WebSocket through. */
let socketsFail = false;

/** Reads until the gateway ends it. Rejects with a GatewayError, or with whatever broke. */
export async function readMp4(request: TransportRequest, signal: AbortSignal, sink: Mp4Sink): Promise<void> {
  const wantsSocket = request.gateway === '' && request.token === undefined && !socketsFail;
  if (wantsSocket && (await readBySocket(request, signal, sink))) return;
  signal.throwIfAborted();
  await readByFetch(request, signal, sink, () => {
    // Not refused, so it was the socket that failed.
    socketsFail ||= wantsSocket;
  });
}

function address(request: TransportRequest): string {
  return cameraPath(request, '/live.mp4', {
    quality: request.quality,
    sound: request.sound ? 'yes' : 'no',
    recap: 'yes',
  });
}

/**
 * Browsers open six connections to a host, but many WebSockets: a wall of tiles still reaches the gateway. They carry the
 * page's cookie and no other right. Resolves with whether it opened; why it did not, only an ordinary request is told.
 */
function readBySocket(request: TransportRequest, signal: AbortSignal, sink: Mp4Sink): Promise<boolean> {
  const url = new URL(address(request), location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  return new Promise((resolve) => {
    let opened = false;
    const end = (): void => {
      socket.close();
      resolve(opened);
    };
    signal.addEventListener('abort', end, { once: true });
    socket.onclose = end;
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (signal.aborted) return;
      opened = true;
      if (typeof data === 'string') sink.type(data);
      else sink.bytes(new Uint8Array(data));
    };
  });
}

async function readByFetch(
  request: TransportRequest,
  signal: AbortSignal,
  sink: Mp4Sink,
  onAccepted: () => void,
): Promise<void> {
  const { token, gateway } = request;
  const response = await send('GET', address(request), { token, gateway, signal, timeoutMs: 'endless' });
  onAccepted();
  sink.type(response.headers.get('content-type') ?? '');
  const reader = response.body?.getReader();
  if (!reader) return;
  for (let part = await reader.read(); !part.done; part = await reader.read()) sink.bytes(part.value);
}
