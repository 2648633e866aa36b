import { createSocket, type Socket } from 'node:dgram';
import { loadNativeLibrary, type NativeLibrary } from '../../platform/native/library.ts';
import { NativeCmCipher } from '../../platform/native/native-cm-cipher.ts';
import { NativeGcmCipher } from '../../platform/native/native-gcm-cipher.ts';
import { type AllocatePacketMemory, nativeMemory, portableMemory } from '../../platform/native/packet-memory.ts';
import { socketAddress } from '../../platform/native/socket-address.ts';
import { type SendOutcome, UdpSender } from '../../platform/native/udp-sender.ts';
import { openUdpSocket } from '../../platform/native/udp-socket.ts';
import type { PacketRun } from '../../protocols/srtp/packet-run.ts';
import { PortableCmCipher } from '../../protocols/srtp/portable-cm-cipher.ts';
import { PortableGcmCipher } from '../../protocols/srtp/portable-gcm-cipher.ts';
import type { SrtpSessionKeys } from '../../protocols/srtp/session-keys.ts';
import type { SrtpCipher } from '../../protocols/srtp/srtp-cipher.ts';
import { SRTP_PROFILE, type SrtpProfile } from '../../protocols/srtp/srtp-profile.ts';

/** Sends a run to one address; made once per viewer and address. */
export type RunSender = (run: PacketRun) => SendOutcome;

export type BoundUdpSocket = { readonly socket: Socket; senderTo(address: string, port: number): RunSender };

/** How media leaves this machine: through OpenSSL and sendmsg, or through node:crypto and dgram. */
export type SendPath = {
  readonly kind: 'native' | 'portable';
  /** In order of cost: GCM is cheap with OpenSSL at hand, CM is cheaper in JavaScript. */
  readonly profiles: readonly SrtpProfile[];
  readonly allocate: AllocatePacketMemory;
  readonly alignment: PacketRun['alignment'];
  createCipher(keys: SrtpSessionKeys): SrtpCipher;
  /** Resolves with a bound socket; rejects when the port is taken. */
  bind(address: string, port: number): Promise<BoundUdpSocket>;
};

/** The native path where it can be had, else the portable one and one sentence why. */
export function chooseSendPath(library: NativeLibrary | string = loadNativeLibrary()): {
  sendPath: SendPath;
  because?: string;
} {
  return typeof library === 'string'
    ? { sendPath: portableSendPath, because: library }
    : { sendPath: nativeSendPath(library) };
}

export function nativeSendPath(library: NativeLibrary): SendPath {
  return {
    kind: 'native',
    profiles: [SRTP_PROFILE.aesGcm, SRTP_PROFILE.aesCmSha1],
    allocate: nativeMemory(library),
    alignment: 1,
    createCipher: (keys) =>
      keys.profile === SRTP_PROFILE.aesGcm ? new NativeGcmCipher(library, keys) : new NativeCmCipher(library, keys),
    bind: async (address, port) => {
      const fd = openUdpSocket(library, address, port);
      const socket = createUdpSocket(address);
      await listening(socket, () => socket.bind({ fd }));
      const sender = new UdpSender(library, fd);
      return {
        socket,
        senderTo: (remote, remotePort) => {
          const destination = socketAddress(remote, remotePort);
          return (run) => sender.send(destination, run);
        },
      };
    },
  };
}

export const portableSendPath: SendPath = {
  kind: 'portable',
  profiles: [SRTP_PROFILE.aesCmSha1, SRTP_PROFILE.aesGcm],
  allocate: portableMemory,
  alignment: 4,
  createCipher: (keys) =>
    keys.profile === SRTP_PROFILE.aesGcm ? new PortableGcmCipher(keys) : new PortableCmCipher(keys),
  bind: async (address, port) => {
    const socket = createUdpSocket(address);
    await listening(socket, () => socket.bind({ address, port }));
    return { socket, senderTo: (remote, remotePort) => (run) => sendCopies(socket, run, remote, remotePort) };
  },
};

/** More than this waiting in dgram's own queue means that the system does not take packets as fast as we make them. */
const MAX_QUEUED_BYTES = 1024 * 1024;

/** dgram may hold on to what it sends, the run is reused: so every packet is copied. */
function sendCopies(socket: Socket, run: PacketRun, address: string, port: number): SendOutcome {
  if (socket.getSendQueueSize() > MAX_QUEUED_BYTES) return 'full';
  for (let index = 0; index < run.count; index++) {
    const at = run.packetAt[index] as number;
    socket.send(run.block.bytes.slice(at, at + run.packetBytesAt(index)), port, address);
  }
  return 'sent';
}

/** The lookup answers at once: we only ever send to IP addresses, and dgram's own costs a trip through the event loop. */
function createUdpSocket(address: string): Socket {
  const family = address.includes(':') ? 6 : 4;
  return createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    ipv6Only: family === 6,
    lookup: (host, _options, callback) => callback(null, host, family),
  });
}

function listening(socket: Socket, bind: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('listening', () => {
      socket.off('error', reject);
      resolve();
    });
    bind();
  });
}
