import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { LineReader, proofOf } from '../protocols/tunnel/handshake.ts';

type Place = { readonly host: string; readonly port: number };

export type DialInDeviceOptions = {
  readonly gateway: Place;
  readonly camera: Place;
  readonly name: string;
  /** `none`: it knows no handshake, and joins gateway and camera at once. */
  readonly token: string;
  readonly tls?: ConnectionOptions;
};

export type DialInDevice = {
  /** Connections to the camera now. */
  readonly streams: number;
  /** Bytes that came from the camera. */
  readonly cameraBytes: number;
  /** What the gateway said when it refused the device. */
  readonly refusals: readonly string[];
  close(): void;
};

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;
const PAUSE_WHEN_REFUSED_MS = 30_000;

/** A device that does not exist, beside a camera: it dials the gateway, waits for GO, and then copies bytes. */
export function startDialInDevice(options: DialInDeviceOptions): DialInDevice {
  return new SimulatedDevice(options);
}

class SimulatedDevice implements DialInDevice {
  readonly refusals: string[] = [];
  streams = 0;
  cameraBytes = 0;
  readonly #options: DialInDeviceOptions;
  readonly #sockets = new Set<Socket>();
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: DialInDeviceOptions) {
    this.#options = options;
    this.#dialGateway();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
  }

  #dialGateway(): void {
    if (this.#isClosed) return;
    const { gateway, tls, token, name } = this.#options;
    const socket = this.#keep(tls ? connectTls({ ...gateway, ...tls }) : connect({ ...gateway }));
    if (token === 'none') {
      this.#join(socket, () => {});
      socket.once('close', () => this.#dialLater());
      return;
    }
    const onEarlyEnd = (): void => this.#dialLater();
    socket.once('close', onEarlyEnd);
    const reader = new LineReader();
    const onData = (chunk: Buffer): void => {
      reader.push(chunk);
      for (let line = reader.next(); line !== undefined; line = reader.next()) {
        const [word = '', rest = ''] = line.split(/ (.*)/s);
        if (word === 'NONCE') socket.write(`MAC ${proofOf(token, Buffer.from(rest, 'hex')).toString('hex')}\n`);
        else if (word === 'OK') this.#failures = 0;
        else if (word === 'NO') {
          this.refusals.push(rest);
          socket.destroy();
          return;
        } else if (word === 'GO') {
          socket.off('data', onData).off('close', onEarlyEnd).pause();
          this.#join(socket, () => socket.write('UP\n'), reader.rest());
          this.#dialGateway();
          return;
        }
      }
    };
    socket.on('data', onData);
    socket.write(`ORIEL/1 ${name}\n`);
  }

  #dialLater(): void {
    if (this.#isClosed) return;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures++, LONGEST_PAUSE_MS);
    this.#timer = setTimeout(() => this.#dialGateway(), this.refusals.length > 0 ? PAUSE_WHEN_REFUSED_MS : pauseMs);
  }

  /** The camera at the other end; `ready` is called before its first byte is passed on. */
  #join(gateway: Socket, ready: () => void, first: Buffer = Buffer.alloc(0)): void {
    const camera = this.#keep(connect({ ...this.#options.camera }));
    let isJoined = false;
    camera.once('connect', () => {
      isJoined = true;
      this.streams++;
      ready();
      if (first.length > 0) camera.write(first);
      gateway.pipe(camera);
      camera.pipe(gateway);
      camera.on('data', (chunk: Buffer) => {
        this.cameraBytes += chunk.length;
      });
    });
    camera.once('close', () => {
      if (isJoined) {
        this.streams--;
        gateway.destroy();
      } else gateway.end('ERR the camera refuses the connection\n');
    });
    gateway.once('close', () => camera.destroy());
  }

  #keep<S extends Socket>(socket: S): S {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  }
}
