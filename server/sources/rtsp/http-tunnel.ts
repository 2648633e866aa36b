import { randomBytes } from 'node:crypto';
import { Duplex } from 'node:stream';
import { systemClock } from '../../platform/clock.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import { settleWithin } from '../../platform/wait.ts';
import { type HeaderFields, serializeHead } from '../../protocols/http/request-head.ts';
import type { Credentials } from '../../protocols/rtsp/auth.ts';
import type { LoginMemory } from './login-memory.ts';
import { WebLogin } from './web-login.ts';

export type WebCarrierOptions = {
  /** Of the Host header. */
  readonly host: string;
  readonly target: string;
  readonly timeoutMs: number;
  readonly credentials?: Credentials;
  readonly loginMemory: LoginMemory;
  readonly signal: AbortSignal;
  /** A fresh connection to the web server. */
  dial(): Promise<Duplex>;
};

type HttpHead = { readonly status: number; readonly wwwAuthenticate: readonly string[]; readonly rest: Uint8Array };

const CONTENT_TYPE = 'application/x-rtsp-tunnelled';
/** What a POST claims to carry. It is never answered; when it is full, another one takes over. */
const POST_BYTES = 32_767;
const MAX_HEAD_BYTES = 16_384;
const MAX_LOGIN_ATTEMPTS = 4;

/** RTSP over HTTP: replies and media come down an endless GET, requests go up a POST in base64, tied by a cookie. */
export async function openHttpTunnel(options: WebCarrierOptions): Promise<Duplex> {
  const cookie = randomBytes(11).toString('hex');
  const login = new WebLogin(options.credentials, options.loginMemory);
  for (let attempt = 0; attempt < MAX_LOGIN_ATTEMPTS; attempt++) {
    const down = await options.dial();
    try {
      down.write(head('GET', options, cookie, login, [['Accept', CONTENT_TYPE]]));
      const answer = await readHead(down, options);
      if (answer.status === 200) login.accepted();
      if (answer.status === 200) return new HttpTunnel(down, answer.rest, () => openPost(options, cookie, login));
      login.refused(answer.status, answer.wwwAuthenticate);
      down.destroy();
    } catch (error) {
      down.destroy();
      throw error;
    }
  }
  throw new GatewayError('wrong-password', 'The camera’s web server refuses this user name and password.');
}

async function openPost(options: WebCarrierOptions, cookie: string, login: WebLogin): Promise<Duplex> {
  const length = String(POST_BYTES);
  const request = head('POST', options, cookie, login, [
    ['Content-Type', CONTENT_TYPE],
    ['Content-Length', length],
  ]);
  const up = await options.dial();
  up.write(request);
  return up;
}

function head(
  method: string,
  options: WebCarrierOptions,
  cookie: string,
  login: WebLogin,
  headers: HeaderFields,
): string {
  const authorization = login.header(method, options.target);
  return serializeHead(`${method} ${options.target} HTTP/1.1`, [
    ['Host', options.host],
    ['User-Agent', 'Oriel/1.0'],
    ['x-sessioncookie', cookie],
    ...headers,
    ['Pragma', 'no-cache'],
    ['Cache-Control', 'no-cache'],
    ...(authorization ? [['Authorization', authorization] as const] : []),
  ]);
}

class HttpTunnel extends Duplex {
  readonly #down: Duplex;
  readonly #openPost: () => Promise<Duplex>;
  #up: Duplex | undefined;
  #room = 0;

  constructor(down: Duplex, first: Uint8Array, openPost: () => Promise<Duplex>) {
    super();
    this.#down = down;
    this.#openPost = openPost;
    if (first.length > 0) this.push(first);
    down.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) down.pause();
    });
    down.on('end', () => this.push(null));
    down.on('error', (error) => this.destroy(error));
    down.on('close', () => this.destroy());
    down.resume();
  }

  override _read(): void {
    this.#down.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(Buffer.from(chunk.toString('base64'))).then(
      () => done(),
      (error: unknown) => done(asGatewayError(error)),
    );
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#down.destroy();
    this.#up?.destroy();
    done(error);
  }

  async #send(text: Buffer): Promise<void> {
    if (!this.#up || this.#room < text.length) {
      this.#up?.end();
      this.#up = await this.#openPost();
      this.#up.on('error', () => {}).resume();
      this.#room = POST_BYTES;
      if (this.destroyed) this.#up.destroy();
    }
    this.#room -= text.length;
    this.#up.write(text);
  }
}

/** The head of an HTTP answer and what already came behind it. */
function readHead(stream: Duplex, { timeoutMs, signal }: WebCarrierOptions): Promise<HttpHead> {
  const closed = (): GatewayError => new GatewayError('camera-closed', 'The camera closed the connection.');
  return settleWithin<HttpHead>({
    clock: systemClock,
    timeoutMs,
    signal,
    late: () => {
      throw new GatewayError('timeout', 'The camera’s web server did not answer in time.');
    },
    aborted: () => {
      throw closed();
    },
    begin: ({ resolve, reject }) => {
      let bytes: Buffer = Buffer.alloc(0);
      const onData = (chunk: Buffer): void => {
        bytes = Buffer.concat([bytes, chunk]);
        const end = bytes.indexOf('\r\n\r\n');
        if (end !== -1) resolve(parseHead(bytes.toString('latin1', 0, end), bytes.subarray(end + 4)));
        else if (bytes.length > MAX_HEAD_BYTES)
          reject(new GatewayError('too-large', 'The camera’s answer has no end.'));
      };
      const onError = (error: Error): void => reject(asGatewayError(error));
      const onClose = (): void => reject(closed());
      stream.on('data', onData).on('error', onError).on('close', onClose);
      return () => void stream.off('data', onData).off('error', onError).off('close', onClose).pause();
    },
  });
}

function parseHead(text: string, rest: Uint8Array): HttpHead {
  const status = Number(/^HTTP\/\d\.\d (\d{3})/.exec(text)?.[1] ?? 0);
  const wwwAuthenticate = [...text.matchAll(/^www-authenticate:\s*(.*)$/gim)].map((match) =>
    (match[1] as string).trim(),
  );
  return { status, wwwAuthenticate, rest };
}
