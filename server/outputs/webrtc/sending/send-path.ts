import { createSocket, type Socket } from 'node:dgram';
import { MAX_RUN_BYTES, PacketRun } from '../../../protocols/srtp/packet-run.ts';
import { PortableCmCipher } from '../../../protocols/srtp/portable-cm-cipher.ts';
import { PortableGcmCipher } from '../../../protocols/srtp/portable-gcm-cipher.ts';
import type { SrtpSessionKeys } from '../../../protocols/srtp/session-keys.ts';
import type { SrtpCipher } from '../../../protocols/srtp/srtp-cipher.ts';
import { createSrtpKernel, type SrtpKernel } from '../../../protocols/srtp/srtp-kernel.ts';
import { SRTP_PROFILE, type SrtpProfile } from '../../../protocols/srtp/srtp-profile.ts';
import { loadNativeLibrary, type NativeLibrary } from '../native/library.ts';
import { NativeCmCipher } from '../native/native-cm-cipher.ts';
import { NativeGcmCipher } from '../native/native-gcm-cipher.ts';
import { type AllocatePacketMemory, nativeMemory, portableMemory } from '../native/packet-memory.ts';
import { socketAddress } from '../native/socket-address.ts';
import { type SendOutcome, UdpSender } from '../native/udp-sender.ts';
import { openUdpSocket } from '../native/udp-socket.ts';
import { DgramSender } from './dgram-sender.ts';

/** Sends a run to one address; made once per viewer and address. */
export type RunSender = (run: PacketRun) => SendOutcome;

export type BoundUdpSocket = { readonly socket: Socket; senderTo(address: string, port: number): RunSender };

/** How media is sent from this machine: with OpenSSL and sendmsg, or with node:crypto and dgram. */
export type SendPath = {
  readonly kind: 'native' | 'portable';
  /** In order of cost: GCM is cheap with OpenSSL at hand, CM is cheaper in JavaScript. */
  readonly profiles: readonly SrtpProfile[];
  readonly allocate: AllocatePacketMemory;
  /** The one run with which all packets are sent. */
  readonly run: PacketRun;
  createCipher(keys: SrtpSessionKeys): SrtpCipher;
  /** Resolves with a bound socket; rejects when the port is taken. */
  bind(address: string, port: number): Promise<BoundUdpSocket>;
};

/** The native path if it is available, else the portable one with a sentence that says why. */
export function chooseSendPath(library: NativeLibrary | string = loadNativeLibrary()): {
  sendPath: SendPath;
  because?: string;
} {
  return typeof library === 'string'
    ? { sendPath: portableSendPath(), because: library }
    : { sendPath: nativeSendPath(library) };
}

export function nativeSendPath(library: NativeLibrary): SendPath {
  const allocate = nativeMemory(library);
  return {
    kind: 'native',
    profiles: [SRTP_PROFILE.aesGcm, SRTP_PROFILE.aesCmSha1],
    allocate,
    run: new PacketRun(allocate(MAX_RUN_BYTES), 0),
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

/** Without vectors in WebAssembly, only AES-GCM is offered. */
export function portableSendPath(createKernel: () => SrtpKernel | undefined = createSrtpKernel): SendPath {
  const kernel = createKernel();
  const { aesCmSha1, aesGcm } = SRTP_PROFILE;
  return {
    kind: 'portable',
    profiles: kernel ? [aesCmSha1, aesGcm] : [aesGcm],
    allocate: portableMemory,
    run: kernel?.run ?? new PacketRun(portableMemory(MAX_RUN_BYTES), 0),
    createCipher: (keys) =>
      kernel && keys.profile === aesCmSha1 ? new PortableCmCipher(kernel, keys) : new PortableGcmCipher(keys),
    bind: async (address, port) => {
      const socket = createUdpSocket(address);
      await listening(socket, () => socket.bind({ address, port }));
      const sender = new DgramSender(socket);
      return { socket, senderTo: (remote, remotePort) => (run) => sender.send(run, remote, remotePort) };
    },
  };
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
