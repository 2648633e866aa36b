import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import { assetPath } from '../platform/paths.ts';
import { type PasswordForm, transformPassword } from '../protocols/kasa/password-form.ts';
import type { AudioClip, VideoClip } from './clip.ts';
import { KasaControlDesk } from './kasa-camera/control-desk.ts';
import { KasaLoudspeaker } from './kasa-camera/loudspeaker.ts';
import { type HttpRequest, serveRequests } from './kasa-camera/request.ts';
import { KasaStream } from './kasa-camera/stream.ts';
import type { KasaQuirks } from './kasa-camera-quirks.ts';

export type KasaCameraOptions = {
  readonly clip: VideoClip;
  readonly audio: AudioClip;
  readonly username: string;
  readonly password: string;
  readonly host?: string;
  /** The port of the stream. As on a real camera, the control port is 9000 and the talk port 1000 lower. 0 finds three free ones. */
  readonly port?: number;
  /** The time of frame 0 in epoch milliseconds. */
  readonly t0Ms?: number;
  readonly quirks?: KasaQuirks;
};

export type KasaCamera = {
  readonly port: number;
  readonly url: string;
  /** How many connections to the stream are open now, and how many there were at most. */
  readonly streams: number;
  readonly mostStreams: number;
  /** Every Authorization value that was refused. */
  readonly refusals: number;
  /** The current settings of the camera. */
  readonly settings: ReadonlyMap<string, string>;
  /** Everything that the loudspeaker played, as 8 kHz mu-law. */
  heard(): Uint8Array;
  stall(stalled?: boolean): void;
  /** Simulates pulling the power cord: every connection is cut. */
  kill(): void;
  close(): Promise<void>;
};

const STREAM_FROM_CONTROL = 9000;
const STREAM_FROM_TALK = 1000;
const PORT_ATTEMPTS = 50;
const LOWEST_PORT = 12_000;
const PORT_RANGE = 40_000;

/** A simulated Kasa camera: stream, controls and loudspeaker over real TLS. */
export async function startKasaCamera(options: KasaCameraOptions): Promise<KasaCamera> {
  const host = options.host ?? '127.0.0.1';
  for (let attempt = 0; ; attempt++) {
    const port = options.port || LOWEST_PORT + Math.floor(Math.random() * PORT_RANGE);
    const camera = new SimulatedKasaCamera(options);
    try {
      await camera.listen(host, port);
      return camera;
    } catch (error) {
      await camera.close();
      if (options.port || attempt >= PORT_ATTEMPTS) throw error;
    }
  }
}

class SimulatedKasaCamera implements KasaCamera {
  readonly #options: KasaCameraOptions;
  readonly #quirks: KasaQuirks;
  readonly #stream: KasaStream;
  readonly #desk: KasaControlDesk;
  readonly #loudspeaker = new KasaLoudspeaker();
  readonly #servers: Server[] = [];
  #port = 0;
  readonly #sockets = new Set<Socket>();
  #refusals = 0;
  #host = '';

  constructor(options: KasaCameraOptions) {
    this.#options = options;
    this.#quirks = options.quirks ?? {};
    this.#stream = new KasaStream(options.clip, options.audio, options.t0Ms ?? Date.now(), this.#quirks);
    this.#desk = new KasaControlDesk(this.#quirks.withoutMotor ?? false);
  }

  async listen(host: string, port: number): Promise<void> {
    this.#host = host;
    this.#port = port;
    await this.#serve(host, port, (socket, request) => this.#onStream(socket, request));
    await this.#serve(host, port - STREAM_FROM_TALK, (socket, request) => this.#onTalk(socket, request));
    if (this.#quirks.withoutControls) return;
    await this.#serve(host, port - STREAM_FROM_CONTROL, (socket, request) => this.#onControl(socket, request));
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `kasa://${this.#host}:${this.port}`;
  }

  get streams(): number {
    return this.#stream.readers;
  }

  get mostStreams(): number {
    return this.#stream.mostReaders;
  }

  get refusals(): number {
    return this.#refusals;
  }

  get settings(): ReadonlyMap<string, string> {
    return this.#desk.settings;
  }

  heard(): Uint8Array {
    return this.#loudspeaker.heard();
  }

  stall(stalled = true): void {
    this.#stream.stall(stalled);
  }

  kill(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.kill();
    this.#stream.close();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  async #serve(host: string, port: number, answer: (socket: TLSSocket, request: HttpRequest) => void): Promise<void> {
    const server = createServer(tlsOptions(this.#quirks), (socket) => {
      socket.on('error', () => socket.destroy());
      serveRequests(socket, (request) => answer(socket, request));
    });
    // These include connections whose handshake is not complete, because closing the server waits for all of them.
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#servers.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  }

  #onStream(socket: TLSSocket, request: HttpRequest): void {
    if (!request.target.startsWith('/https/stream/mixed')) {
      socket.end('HTTP/1.0 404 Not Found\r\n\r\n');
      return;
    }
    if (!this.#isAllowed(request, this.#quirks.passwordForm ?? 'base64')) {
      const isQuiet = this.#quirks.refusal === '200-then-end' && request.headers.has('authorization');
      socket.end(
        isQuiet
          ? this.#stream.head()
          : 'HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm="smarthome@tp-link.com"\r\n\r\n',
      );
      return;
    }
    if (this.#desk.settings.get('switch') === 'off')
      socket.end('HTTP/1.0 503 Service Unavailable\r\n\r\nService Unavailable');
    else this.#stream.add(socket);
  }

  #onTalk(socket: TLSSocket, request: HttpRequest): void {
    if (!this.#isAllowed(request, 'md5')) socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
    else this.#loudspeaker.play(socket, request.body);
  }

  #onControl(socket: TLSSocket, request: HttpRequest): void {
    if (!/^Kasa\/\d+ CFNetwork\//.test(request.headers.get('user-agent') ?? '')) return; // It does not answer, like a real camera.
    if (!this.#isAllowed(request, 'md5')) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    request.readBody((body) => {
      const reply = this.#desk.answer(body);
      if (this.#desk.settings.get('switch') === 'off') this.#stream.endAll();
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${reply.length}\r\n\r\n${reply}`);
    });
  }

  #isAllowed({ headers }: HttpRequest, form: PasswordForm): boolean {
    const { username, password } = this.#options;
    const expected = Buffer.from(`${username}:${transformPassword(password, form)}`).toString('base64');
    if (headers.get('authorization') === `Basic ${expected}`) return true;
    this.#refusals++;
    return false;
  }
}

function tlsOptions({ tls }: KasaQuirks): TlsOptions {
  const pem = readFileSync(assetPath('kasa-simulator.pem'));
  const identity = { key: pem, cert: pem };
  if (tls === '1.0') return { ...identity, minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' };
  // Like real cameras, it uses static RSA, which today's clients do not offer by default.
  if (tls === 'static-rsa-1.2') return { ...identity, maxVersion: 'TLSv1.2', ciphers: 'AES256-GCM-SHA384' };
  return { ...identity, maxVersion: 'TLSv1.2' };
}
