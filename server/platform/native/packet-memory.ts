import type { PacketMemory } from '../../protocols/srtp/packet-run.ts';
import type { NativeLibrary } from './library.ts';

/** Makes memory for packets, in whole words; the system gives the pages when they are first written. */
export type AllocatePacketMemory = (bytes: number) => PacketMemory;

export const portableMemory: AllocatePacketMemory = (length) => ({ bytes: wholeWords(length), address: 0 });

export function nativeMemory(library: NativeLibrary): AllocatePacketMemory {
  return (length) => {
    const bytes = wholeWords(length);
    return { bytes, address: library.addressOf(bytes) };
  };
}

function wholeWords(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Math.ceil(length / 4) * 4);
}
