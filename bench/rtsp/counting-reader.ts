import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const LOGIN = `Authorization: Basic ${Buffer.from('bench:bench').toString('base64')}`;
const HEADER_BYTES = 4;
const DOLLAR = 0x24;

/** An RTSP reader that costs very little: it counts packets by their interleaved headers and does not read them. */
export class CountingReader {
  packets = 0;
  bytes = 0;
  readonly #socket: Socket;
  readonly #url: string;
  #cseq = 0;
  #session = '';
  /** The missing bytes of the present frame, and the part of its header that has come. */
  #left = 0;
  #header: number[] = [];
  #onReply: ((text: string) => void) | undefined;
  #reply = '';
  #onPacket: (() => void) | undefined;

  private constructor(socket: Socket, url: string) {
    this.#socket = socket;
    this.#url = url;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  static async connect(port: number, path: string): Promise<CountingReader> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new CountingReader(socket, `rtsp://127.0.0.1:${port}${path}`);
  }

  /** Resolves when PLAY is answered. */
  async play(): Promise<void> {
    await this.#ask('DESCRIBE', '');
    await this.#ask('SETUP', '/trackID=0', 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1');
    await this.#ask('PLAY', '');
  }

  async teardown(): Promise<void> {
    await this.#ask('TEARDOWN', '');
    this.close();
  }

  async firstPackets(count: number): Promise<void> {
    while (this.packets < count)
      await new Promise<void>((resolve) => {
        this.#onPacket = resolve;
      });
  }

  close(): void {
    this.#socket.destroy();
  }

  async #ask(method: string, target: string, header?: string): Promise<void> {
    const session = this.#session ? `\r\nSession: ${this.#session}` : '';
    const extra = header ? `\r\n${header}` : '';
    const head = `${method} ${this.#url}${target} RTSP/1.0\r\nCSeq: ${++this.#cseq}\r\n${LOGIN}${session}${extra}\r\n\r\n`;
    const reply = new Promise<string>((resolve) => {
      this.#onReply = resolve;
    });
    this.#socket.write(head);
    const text = await reply;
    if (!text.startsWith('RTSP/1.0 200')) throw new Error(`${method}: ${text.split('\r\n')[0]}`);
    this.#session ||= /\r\nSession: (\w+)/.exec(text)?.[1] ?? '';
  }

  #receive(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#onReply && this.#left === 0 && this.#header.length === 0 && (this.#reply || chunk[at] !== DOLLAR)) {
        at = this.#receiveReply(chunk, at);
      } else if (this.#left > 0) {
        const taken = Math.min(this.#left, chunk.length - at);
        this.#left -= taken;
        at += taken;
      } else {
        this.#header.push(chunk[at++] as number);
        if (this.#header.length === HEADER_BYTES) this.#beginFrame();
      }
    }
    this.#onPacket?.();
  }

  #beginFrame(): void {
    const [dollar, channel, high = 0, low = 0] = this.#header;
    if (dollar !== DOLLAR) throw new Error('The stream lost its framing.');
    this.#left = high * 256 + low;
    this.#header = [];
    if (channel !== 0) return;
    this.packets++;
    this.bytes += this.#left;
  }

  #receiveReply(chunk: Buffer, from: number): number {
    this.#reply += chunk.toString('latin1', from);
    const head = this.#reply.indexOf('\r\n\r\n');
    if (head === -1) return chunk.length;
    const end = head + 4 + Number(/Content-Length: (\d+)/.exec(this.#reply)?.[1] ?? 0);
    if (this.#reply.length < end) return chunk.length;
    const over = this.#reply.length - end;
    const text = this.#reply.slice(0, end);
    this.#reply = '';
    this.#onReply?.(text);
    this.#onReply = undefined;
    return chunk.length - over;
  }
}
