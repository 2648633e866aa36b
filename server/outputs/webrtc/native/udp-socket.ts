import { getSystemErrorName } from 'node:util';
import type { NativeLibrary } from './library.ts';
import { ADDRESS_FAMILY, socketAddress } from './socket-address.ts';

const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0x800;
const SOCK_CLOEXEC = 0x80000;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;

/**
 * A bound, non-blocking UDP socket whose descriptor is ours, so that both libc and `dgram.bind({ fd })` can use it: node
 * does not tell the descriptor of its own sockets from version 26 on. Whoever hands it to dgram closes it there.
 */
export function openUdpSocket(library: NativeLibrary, address: string, port: number): number {
  const name = socketAddress(address, port);
  const family = name[0] as number;
  const fd = library.socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw socketError(library.errno(), address, port);
  if (family === ADDRESS_FAMILY.ipv6) {
    const one: Uint8Array<ArrayBuffer> = Uint8Array.of(1, 0, 0, 0);
    library.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, library.addressOf(one), one.length);
  }
  if (library.bind(fd, library.addressOf(name), name.length) === 0) return fd;
  const errno = library.errno();
  library.close(fd);
  throw socketError(errno, address, port);
}

/** As Node itself would report it. */
function socketError(errno: number, address: string, port: number): Error {
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`bind ${code} ${address}:${port}`), { code });
}
