import { randomInt } from 'node:crypto';
import type { PacketMemory } from '../../../protocols/srtp/packet-run.ts';
import type { RtpSender } from './rtp-sender.ts';
import type { SendClock } from './send-clock.ts';

/** With a larger difference, the sample count no longer follows the camera's clock, because of a gap or accumulated drift. */
const MOST_DRIFT_US = 60_000;

/** One packet's worth of sound in memory that all viewers share. */
export type AudioPacket = {
  readonly memory: PacketMemory;
  readonly at: number;
  readonly length: number;
  readonly ptsUs: number;
  /** In units of the RTP clock rate. */
  readonly duration: number;
};

/** One viewer's sound, which is passed on as it comes. */
export class AudioSender {
  readonly sender: RtpSender;
  readonly #sendClock: SendClock;
  readonly #rate: number;
  readonly #offset = randomInt(2 ** 32);
  #next: number | undefined;

  constructor(sender: RtpSender, sendClock: SendClock, rate: number) {
    this.sender = sender;
    this.#sendClock = sendClock;
    this.#rate = rate;
  }

  take(packet: AudioPacket): void {
    const wanted = this.#sendClock.ofUnit(packet.ptsUs, this.#rate, this.#offset);
    const expected = this.#next;
    // Counting samples keeps packets exactly adjacent. Times in microseconds would sometimes be wrong by one sample.
    const isNear =
      expected !== undefined && Math.abs((wanted - expected) | 0) < (MOST_DRIFT_US / 1_000_000) * this.#rate;
    const timestamp = isNear ? expected : wanted;
    this.#next = (timestamp + packet.duration) >>> 0;
    this.sender.sendOne(packet.memory, packet.at, packet.length, expected === undefined || !isNear, timestamp);
  }

  timestampNow(nowUs: number): number {
    return this.#sendClock.ofNow(nowUs, this.#rate, this.#offset);
  }
}
