import type { AccessUnit, AudioTrack } from '../access-unit.ts';
import { G711_UPSAMPLING, G722_RATE_HZ } from '../mp4/fmp4-sample-entry.ts';
import { AAC_LOW_COMPLEXITY, parseAacConfig } from './aac.ts';
import { encodeFlacFrame, FLAC_MAX_BLOCK, FLAC_MIN_BLOCK } from './flac.ts';
import { decodeG711 } from './g711.ts';
import { G722Decoder } from './g722.ts';
import { OPUS_RATE_HZ, opusPacketSamples } from './opus.ts';
import { Upsampler } from './upsampler.ts';

export type AudioSample = { readonly bytes: Uint8Array; readonly durationTicks: number };

/** Turns what a camera sends into what browsers play, in ticks of `timescale`. AAC and Opus stay as they are. */
export type AudioPackager = {
  readonly timescale: number;
  push(unit: AccessUnit): readonly AudioSample[];
  /** One sample of silence. It is undefined when this codec has no silent sample that every decoder accepts. */
  silence(): AudioSample | undefined;
};

export function createAudioPackager(track: AudioTrack): AudioPackager {
  switch (track.codec) {
    case 'aac':
      return aacPackager(track);
    case 'opus':
      return OPUS_PACKAGER;
    case 'g722': {
      const decoder = new G722Decoder();
      return new FlacPackager(G722_RATE_HZ, (coded) => decoder.decode(coded));
    }
    default: {
      const { codec, sampleRateHz } = track;
      const upsampler = new Upsampler(G711_UPSAMPLING);
      return new FlacPackager(sampleRateHz * G711_UPSAMPLING, (coded) => upsampler.push(decodeG711(codec, coded)));
    }
  }
}

/** Raw frames of nothing: individual_channel_stream with max_sfb 0, one and two channels (ISO 14496-3 table 4.50). */
const AAC_SILENCE: readonly (Uint8Array | undefined)[] = [
  undefined,
  Uint8Array.of(0x00, 0xc8, 0x00, 0x80, 0x23, 0x80),
  Uint8Array.of(0x21, 0x00, 0x49, 0x90, 0x02, 0x19, 0x00, 0x23, 0x80),
];

function aacPackager(track: AudioTrack): AudioPackager {
  const config = parseAacConfig(track.config ?? new Uint8Array());
  const durationTicks = config.samplesPerFrame;
  const hasSilence = config.objectType === AAC_LOW_COMPLEXITY && durationTicks === 1024;
  const quiet = hasSilence ? AAC_SILENCE[config.channels] : undefined;
  return {
    timescale: config.sampleRateHz,
    push: (unit) => unit.payload.map((bytes) => ({ bytes, durationTicks })),
    silence: () => quiet && { bytes: quiet, durationTicks },
  };
}

const OPUS_PACKAGER: AudioPackager = {
  timescale: OPUS_RATE_HZ,
  push: (unit) => unit.payload.map((bytes) => ({ bytes, durationTicks: opusPacketSamples(bytes) })),
  silence: () => ({ bytes: Uint8Array.of(0xf8, 0xff, 0xfe), durationTicks: 960 }), // RFC 6716: 20 ms of CELT, silent
};

class FlacPackager implements AudioPackager {
  readonly timescale: number;
  readonly #decode: (coded: Uint8Array) => Int16Array;
  #carried = new Int16Array(0);
  #encoded = 0;

  constructor(rateHz: number, decode: (coded: Uint8Array) => Int16Array) {
    this.timescale = rateHz;
    this.#decode = decode;
  }

  push(unit: AccessUnit): readonly AudioSample[] {
    const decoded = unit.payload.map((part) => this.#decode(part));
    const samples = joinSamples([this.#carried, ...decoded]);
    const frames: AudioSample[] = [];
    let at = 0;
    while (samples.length - at >= FLAC_MIN_BLOCK) {
      const left = samples.length - at;
      // The remainder must never be too short to become a frame of its own.
      const length = left <= FLAC_MAX_BLOCK ? left : Math.min(FLAC_MAX_BLOCK, left - FLAC_MIN_BLOCK);
      frames.push(this.#encode(samples.subarray(at, at + length)));
      at += length;
    }
    this.#carried = samples.slice(at);
    return frames;
  }

  silence(): AudioSample {
    return this.#encode(new Int16Array(this.timescale / 50));
  }

  #encode(samples: Int16Array): AudioSample {
    const bytes = encodeFlacFrame(samples, this.#encoded, this.timescale);
    this.#encoded += samples.length;
    return { bytes, durationTicks: samples.length };
  }
}

function joinSamples(parts: readonly Int16Array[]): Int16Array<ArrayBuffer> {
  const joined = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
