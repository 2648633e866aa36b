import type { PacketRun } from '../../../protocols/srtp/packet-run.ts';
import type { NativeLibrary } from './library.ts';

const MSG_DONTWAIT = 0x40;
const SOL_UDP = 17;
const UDP_SEGMENT = 103;
const ERRNO = { EIO: 5, EAGAIN: 11, EINVAL: 22, EMSGSIZE: 90, ENOBUFS: 105 } as const;

/** sizeof struct msghdr, struct iovec, CMSG_SPACE(2), struct sockaddr_in6 on 64-bit Linux, and the fields we set. */
const MESSAGE = { bytes: 56, name: 0, nameLength: 8, iov: 16, iovCount: 24, control: 32, controlLength: 40 } as const;
const IOV = { bytes: 16, base: 0, length: 8 } as const;
const CONTROL = { bytes: 24, length: 0, level: 8, type: 12, segment: 16 } as const;
const CONTROL_LENGTH = 18;
const SOCKET_ADDRESS_BYTES = 28;

/** `full` means that the system has no room now and the rest of this picture is useless. `failed` means that this destination cannot be reached. */
export type SendOutcome = 'sent' | 'full' | 'failed';

/** Sends runs of packets through one UDP socket, each run with one sendmsg and UDP_SEGMENT while the interface can do that. */
export class UdpSender {
  readonly #library: NativeLibrary;
  readonly #fd: number;
  readonly #memory: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  readonly #at: { message: number; iov: number; control: number; name: number };
  readonly #address: number;
  #segments = true;

  constructor(library: NativeLibrary, fd: number) {
    this.#library = library;
    this.#fd = fd;
    const at = { message: 0, iov: MESSAGE.bytes, control: MESSAGE.bytes + IOV.bytes, name: 0 };
    at.name = at.control + CONTROL.bytes;
    this.#at = at;
    this.#memory = new Uint8Array(at.name + SOCKET_ADDRESS_BYTES);
    this.#view = new DataView(this.#memory.buffer);
    this.#address = library.addressOf(this.#memory);
    this.#layOut();
  }

  /** False once the system has refused UDP_SEGMENT. Every packet then needs its own call. */
  get usesSegments(): boolean {
    return this.#segments;
  }

  /** `destination` is a struct sockaddr_in or sockaddr_in6. The kernel copies: the run can be used again at once. */
  send(destination: Uint8Array, run: PacketRun): SendOutcome {
    this.#memory.set(destination, this.#at.name);
    this.#view.setUint32(this.#at.message + MESSAGE.nameLength, destination.length, true);
    if (this.#segments && run.count > 1) {
      const errno = this.#call(run.block.address, run.bytes, run.segmentBytes);
      if (errno === ERRNO.EIO || errno === ERRNO.EMSGSIZE || errno === ERRNO.EINVAL) this.#segments = false;
      else return outcomeOf(errno);
    }
    for (let index = 0; index < run.count; index++) {
      const errno = this.#call(run.block.address + (run.packetAt[index] as number), run.packetBytesAt(index), 0);
      if (errno !== 0) return outcomeOf(errno);
    }
    return 'sent';
  }

  /** Returns 0 or the errno. A `segmentBytes` of 0 sends one datagram. */
  #call(data: number, length: number, segmentBytes: number): number {
    const { message, iov, control } = this.#at;
    const view = this.#view;
    setPointer(view, iov + IOV.base, data);
    view.setUint32(iov + IOV.length, length, true);
    view.setUint16(control + CONTROL.segment, segmentBytes, true);
    view.setUint32(message + MESSAGE.controlLength, segmentBytes === 0 ? 0 : CONTROL.bytes, true);
    const sent = this.#library.sendmsg(this.#fd, this.#address + message, MSG_DONTWAIT);
    return sent < 0 ? this.#library.errno() : 0;
  }

  #layOut(): void {
    const { message, iov, control, name } = this.#at;
    const view = this.#view;
    setPointer(view, message + MESSAGE.name, this.#address + name);
    setPointer(view, message + MESSAGE.iov, this.#address + iov);
    view.setUint32(message + MESSAGE.iovCount, 1, true);
    setPointer(view, message + MESSAGE.control, this.#address + control);
    view.setUint32(control + CONTROL.length, CONTROL_LENGTH, true);
    view.setInt32(control + CONTROL.level, SOL_UDP, true);
    view.setInt32(control + CONTROL.type, UDP_SEGMENT, true);
  }
}

function outcomeOf(errno: number): SendOutcome {
  if (errno === 0) return 'sent';
  return errno === ERRNO.EAGAIN || errno === ERRNO.ENOBUFS ? 'full' : 'failed';
}

/** Little-endian; user space addresses fit into a double exactly. */
function setPointer(view: DataView, at: number, address: number): void {
  view.setUint32(at, address % 2 ** 32, true);
  view.setUint32(at + 4, Math.floor(address / 2 ** 32), true);
}
