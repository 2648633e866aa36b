import { createRequire } from 'node:module';
import type { Koffi } from '../../server/outputs/webrtc/native/koffi-types.ts';
import { loadNativeLibrary, type NativeLibrary } from '../../server/outputs/webrtc/native/library.ts';
import { socketAddress } from '../../server/outputs/webrtc/native/socket-address.ts';
import { openUdpSocket } from '../../server/outputs/webrtc/native/udp-socket.ts';

const POLL_EVERY_MS = 10;
const MSG_DONTWAIT = 0x40;
const SOL_SOCKET = 1;
const SO_RCVBUFFORCE = 33;
const SO_RCVBUF = 8;
const RECEIVE_BUFFER = Int32Array.of(4 * 1024 * 1024);

const library = loadNativeLibrary() as NativeLibrary;
if (typeof library === 'string') throw new Error(`The benchmark's viewers need koffi: ${library}`);
const self = (createRequire(import.meta.url)('koffi') as Koffi).load(null);
const call = {
  recv: self.func('intptr_t recv(int fd, uintptr_t buffer, size_t length, int flags)'),
  send: self.func('intptr_t send(int fd, uintptr_t buffer, size_t length, int flags)'),
  connect: self.func('int connect(int fd, uintptr_t address, uint32_t length)'),
  getsockname: self.func('int getsockname(int fd, uintptr_t address, uintptr_t length)'),
};
const buffer = Buffer.alloc(2048);
const bufferAt = library.addressOf(buffer as unknown as Uint8Array<ArrayBuffer>);
const open = new Set<PolledSocket>();
let timer: NodeJS.Timeout | undefined;

/** A UDP socket that is read a hundred times a second, all waiting packets at once. Hundreds of Node's sockets cost too much. */
export class PolledSocket {
  readonly port: number;
  readonly #fd: number;
  readonly #take: (packet: Buffer) => void;

  /** The bytes that `take` is given are overwritten by the next packet. */
  constructor(take: (packet: Buffer) => void) {
    this.#take = take;
    this.#fd = openUdpSocket(library, '127.0.0.1', 0);
    const value = new Uint8Array(RECEIVE_BUFFER.buffer.slice(0));
    if (library.setsockopt(this.#fd, SOL_SOCKET, SO_RCVBUFFORCE, library.addressOf(value), 4) !== 0)
      library.setsockopt(this.#fd, SOL_SOCKET, SO_RCVBUF, library.addressOf(value), 4);
    const name = new Uint8Array(16);
    const length = new Uint8Array(Uint32Array.of(16).buffer);
    call.getsockname(this.#fd, library.addressOf(name), library.addressOf(length));
    this.port = ((name[2] as number) << 8) | (name[3] as number);
    open.add(this);
    timer ??= setInterval(() => {
      for (const socket of open) socket.#poll();
    }, POLL_EVERY_MS);
  }

  connect(address: string, port: number): void {
    const name = socketAddress(address, port);
    call.connect(this.#fd, library.addressOf(name), name.length);
  }

  send(bytes: Uint8Array): void {
    const copy = Uint8Array.from(bytes);
    call.send(this.#fd, library.addressOf(copy), copy.length, MSG_DONTWAIT);
  }

  close(): void {
    if (!open.delete(this)) return;
    library.close(this.#fd);
    if (open.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  #poll(): void {
    while (open.has(this)) {
      const length = call.recv(this.#fd, bufferAt, buffer.length, MSG_DONTWAIT);
      if (length <= 0) return;
      this.#take(buffer.subarray(0, length));
    }
  }
}
