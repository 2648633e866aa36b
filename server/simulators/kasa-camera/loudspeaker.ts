import type { TLSSocket } from 'node:tls';
import { ChunkedReader } from '../../protocols/http/chunked.ts';
import { MultipartReader } from '../../protocols/http/multipart.ts';

/** Keeps the sound that it is told to play. */
export class KasaLoudspeaker {
  readonly #heard: Uint8Array[] = [];

  play(socket: TLSSocket, start: Uint8Array): void {
    const chunks = new ChunkedReader();
    const parts = new MultipartReader('--audio-boundary');
    const take = (bytes: Uint8Array): void => {
      for (const payload of chunks.push(bytes)) {
        for (const { headers, body } of parts.push(payload)) {
          if (headers.get('content-type') === 'audio/g711u') this.#heard.push(Buffer.from(body));
        }
      }
      if (chunks.isDone) socket.end();
    };
    take(start);
    socket.on('data', take);
  }

  heard(): Uint8Array {
    return Buffer.concat(this.#heard);
  }
}
