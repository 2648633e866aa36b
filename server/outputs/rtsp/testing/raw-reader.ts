import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { parseRtpPacket, type RtpPacket } from '../../../media/rtp/rtp-packet.ts';
import { InterleavedReader } from '../../../protocols/rtsp/interleaved.ts';
import {
  headerValue,
  type RtspHeaders,
  type RtspResponse,
  serializeRtspMessage,
} from '../../../protocols/rtsp/message.ts';

const REPLY_TIMEOUT_MS = 12_000;
const BASIC_LOGIN = `Basic ${Buffer.from('reader:secret').toString('base64')}`;

/** An RTSP client that does exactly what a test tells it and keeps what it received. */
export class RawReader {
  readonly socket: Socket;
  readonly frames: { readonly channel: number; readonly data: Uint8Array }[] = [];
  readonly #reader = new InterleavedReader();
  readonly #replies: RtspResponse[] = [];
  readonly #url: string;
  #cseq = 0;
  #wake = (): void => {};
  session: string | undefined;

  private constructor(socket: Socket, url: string) {
    this.socket = socket;
    this.#url = url;
    socket.on('error', () => {});
    socket.on('data', (chunk: Uint8Array) => {
      for (const item of this.#reader.push(chunk)) {
        if (item.kind === 'frame') this.frames.push(item);
        else if (item.kind === 'response') this.#replies.push(item);
      }
      this.#wake();
    });
  }

  static async connect(port: number, path = '/cam'): Promise<RawReader> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new RawReader(socket, `rtsp://127.0.0.1:${port}${path}`);
  }

  /** `target` is added to the stream's address. It signs in by itself unless `headers` say otherwise. */
  async ask(method: string, target = '', headers: RtspHeaders = []): Promise<RtspResponse> {
    const own: [string, string][] = [['CSeq', `${++this.#cseq}`]];
    if (!headerValue(headers, 'authorization')) own.push(['Authorization', BASIC_LOGIN]);
    if (this.session !== undefined && !headerValue(headers, 'session')) own.push(['Session', this.session]);
    const url = `${this.#url}${target}`;
    const request = { kind: 'request', method, url, version: '1.0', headers: [...own, ...headers] } as const;
    this.socket.write(serializeRtspMessage({ ...request, body: new Uint8Array(0) }));
    const reply = await this.reply();
    this.session ??= headerValue(reply.headers, 'session')?.split(';')[0];
    return reply;
  }

  setUp(track: number, transport = `RTP/AVP/TCP;unicast;interleaved=${track * 2}-${track * 2 + 1}`) {
    return this.ask('SETUP', `/trackID=${track}`, [['Transport', transport]]);
  }

  /** Does everything up to PLAY over TCP. */
  async play(...tracks: readonly number[]): Promise<void> {
    await this.ask('DESCRIBE');
    for (const track of tracks) await this.setUp(track);
    await this.ask('PLAY');
  }

  packets(channel: number): RtpPacket[] {
    return this.frames.filter((frame) => frame.channel === channel).map((frame) => parseRtpPacket(frame.data));
  }

  /** Resolves when the server has closed the connection. */
  async closed(): Promise<void> {
    if (!this.socket.closed) await new Promise((resolve) => this.socket.once('close', resolve));
  }

  /** The next reply that was not taken yet. */
  async reply(): Promise<RtspResponse> {
    const deadlineMs = Date.now() + REPLY_TIMEOUT_MS;
    for (;;) {
      const reply = this.#replies.shift();
      if (reply) return reply;
      if (this.socket.destroyed || Date.now() > deadlineMs) throw new Error('The server did not reply.');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
