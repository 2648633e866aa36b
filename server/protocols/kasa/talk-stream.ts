import { serializeHead } from '../http/request-head.ts';

/** 20 ms of 8 kHz mu-law, the amount that the camera takes at a time. */
export const TALK_FRAME_SAMPLES = 160;

const BOUNDARY = 'audio-boundary--';

/** The endless chunked POST that a Kasa camera plays through its loudspeaker. */
export class TalkWriter {
  readonly #head: string;

  constructor(host: string, port: number, player: string, authorization: string) {
    this.#head = serializeHead(`POST /https/speaker/audio/g711block?playerId=${encodeURIComponent(player)} HTTP/1.1`, [
      ['Host', `${host}:${port}`],
      ['Authorization', authorization],
      ['X-APP-ID', player],
      ['Content-Type', `multipart/x-mixed-replace;boundary=${BOUNDARY}`],
      ['Transfer-Encoding', 'chunked'],
    ]);
  }

  /** The request and the empty part that opens the loudspeaker. */
  start(): Uint8Array {
    return Buffer.concat([Buffer.from(this.#head, 'latin1'), this.heartbeat()]);
  }

  /** The camera needs this every few seconds, even while somebody speaks. */
  heartbeat(): Uint8Array {
    return chunk(part('audio/heartbeat', new Uint8Array(0)));
  }

  frame(samples: Uint8Array): Uint8Array {
    return chunk(part('audio/g711u', samples));
  }

  end(): Uint8Array {
    return Buffer.from('0\r\n\r\n', 'latin1');
  }
}

function part(contentType: string, body: Uint8Array): Uint8Array {
  const head = `--${BOUNDARY}\r\nContent-Type: ${contentType}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body, Buffer.from('\r\n', 'latin1')]);
}

function chunk(bytes: Uint8Array): Uint8Array {
  const size = Buffer.from(`${bytes.length.toString(16)}\r\n`, 'latin1');
  return Buffer.concat([size, bytes, Buffer.from('\r\n', 'latin1')]);
}
