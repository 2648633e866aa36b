import type { AccessUnit, AudioTrack } from '../../../media/access-unit.ts';
import type { PacketMemory } from '../../../protocols/srtp/packet-run.ts';
import type { AllocatePacketMemory } from '../native/packet-memory.ts';
import type { AudioPacket } from './audio-sender.ts';
import { MAX_PAYLOAD_BYTES } from './payload-history.ts';

/** 60 ms of G.711 or G.722. Browsers do not expect longer packets, and cameras send up to a second at once. */
const MOST_SAMPLE_BYTES = 480;
const SAMPLES_PER_SECOND = 8000;
const OPUS_RATE = 48_000;

/** Puts a unit of sound into memory for sending. Each packet is valid until the next is asked for: sending is synchronous. */
export class AudioPackets {
  readonly #memory: PacketMemory;

  constructor(allocate: AllocatePacketMemory) {
    this.#memory = allocate(MAX_PAYLOAD_BYTES);
  }

  *packetsOf(track: AudioTrack, unit: AccessUnit): Generator<AudioPacket> {
    for (const part of unit.payload) {
      if (track.codec === 'opus') yield* this.#whole(part, unit.ptsUs, opusDuration(part));
      else yield* this.#runs(part, unit.ptsUs, track.channels);
    }
  }

  *#whole(bytes: Uint8Array, ptsUs: number, duration: number): Generator<AudioPacket> {
    if (bytes.length === 0 || bytes.length > MAX_PAYLOAD_BYTES) return;
    this.#memory.bytes.set(bytes);
    yield { memory: this.#memory, at: 0, length: bytes.length, ptsUs, duration };
  }

  /** G.711 and G.722 have one byte for every tick of their clock and channel. */
  *#runs(samples: Uint8Array, ptsUs: number, channels: number): Generator<AudioPacket> {
    for (let at = 0; at < samples.length; at += MOST_SAMPLE_BYTES) {
      const run = samples.subarray(at, at + MOST_SAMPLE_BYTES);
      const offsetUs = (at / channels / SAMPLES_PER_SECOND) * 1_000_000;
      yield* this.#whole(run, ptsUs + offsetUs, run.length / channels);
    }
  }
}

/** Ticks of 48 kHz in an Opus packet: frame length by configuration, times the number of frames (RFC 6716 clause 3.1). */
export function opusDuration(packet: Uint8Array): number {
  const toc = packet[0] ?? 0;
  const configuration = toc >> 3;
  const frameMs =
    configuration < 12
      ? [10, 20, 40, 60][configuration & 3]
      : configuration < 16
        ? [10, 20][configuration & 1]
        : [2.5, 5, 10, 20][configuration & 3];
  const code = toc & 3;
  const frames = code === 0 ? 1 : code === 3 ? (packet[1] ?? 0) & 63 : 2;
  return ((frameMs as number) * frames * OPUS_RATE) / 1000;
}
