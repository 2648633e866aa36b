import type { PacketMemory } from '../../../protocols/srtp/packet-run.ts';
import type { NativeLibrary } from './library.ts';

/** Makes memory for packets; the system gives the pages when they are first written. */
export type AllocatePacketMemory = (length: number) => PacketMemory;

export const portableMemory: AllocatePacketMemory = (length) => ({ bytes: new Uint8Array(length), address: 0 });

export function nativeMemory(library: NativeLibrary): AllocatePacketMemory {
  return (length) => {
    const bytes = new Uint8Array(length);
    return { bytes, address: library.addressOf(bytes) };
  };
}
