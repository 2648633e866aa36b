import { Downsampler } from './downsampler.ts';
import { muLaw } from './mu-law.ts';

/**
 * These exist in the audio thread of the page, where this file runs. TypeScript's own libraries do not describe them.
 */
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

const TALK_RATE_HZ = 8000;
/** 20 ms. */
const FRAME_SAMPLES = 160;

/** Microphone in, 20 ms frames of 8 kHz G.711 mu-law out. */
class Microphone extends AudioWorkletProcessor {
  readonly #downsampler = new Downsampler(sampleRate, TALK_RATE_HZ);
  #frame = new Uint8Array(FRAME_SAMPLES);
  #filled = 0;

  process([input]: Float32Array[][]): boolean {
    const channel = input?.[0];
    if (!channel) return true;
    for (const sample of this.#downsampler.push(channel)) {
      this.#frame[this.#filled++] = muLaw(sample);
      if (this.#filled === FRAME_SAMPLES) this.#post();
    }
    return true;
  }

  #post(): void {
    this.port.postMessage(this.#frame, [this.#frame.buffer]);
    this.#frame = new Uint8Array(FRAME_SAMPLES);
    this.#filled = 0;
  }
}

registerProcessor('oriel-microphone', Microphone);
