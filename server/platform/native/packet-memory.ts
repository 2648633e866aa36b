import type { PacketMemory } from '../../protocols/srtp/packet-run.ts';
import type { NativeLibrary } from './library.ts';

/** Makes memory for packets; the system gives the pages when they are first written. */
export type AllocatePacketMemory = (bytes: number) => PacketMemory;

export const portableMemory: AllocatePacketMemory = (bytes) => ({ bytes: new Uint8Array(bytes), address: 0 });

export function nativeMemory(library: NativeLibrary): AllocatePacketMemory {
  return (length) => {
    const bytes = new Uint8Array(length);
    return { bytes, address: library.addressOf(bytes) };
  };
}
