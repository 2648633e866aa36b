import type { PacketMemory, PacketRun } from '../../../protocols/srtp/packet-run.ts';
import type { SrtpCipher } from '../../../protocols/srtp/srtp-cipher.ts';
import type { SendOutcome } from '../native/udp-sender.ts';
import type { PacketPath } from '../transport/packet-path.ts';
import type { PacketizedUnit, PayloadHistory } from './payload-history.ts';

const MARKER = 0x80;
const SEQUENCE_NUMBERS = 65_536;

/** What all senders of one viewer share. `run` is shared by all viewers, because sending is synchronous. */
export type MediaChannel = {
  readonly run: PacketRun;
  readonly cipher: SrtpCipher;
  path: PacketPath | undefined;
  /** False once the viewer is gone, which can happen in the middle of a picture. Its cipher must not be used any more. */
  isOpen: boolean;
};

/** One RTP source for one viewer: it numbers, protects and sends packets. Sequence numbers never skip, even when packets are left out. */
export class RtpSender {
  readonly ssrc: number;
  /** For sender reports. */
  packets = 0;
  octets = 0;
  /** The sequence number of the next packet. */
  sequenceNumber: number;
  #rolloverCounter = 0;
  readonly #channel: MediaChannel;
  readonly #template: Uint8Array;

  constructor(channel: MediaChannel, template: Uint8Array, ssrc: number, firstSequenceNumber: number) {
    this.#channel = channel;
    this.#template = template;
    this.ssrc = ssrc;
    this.sequenceNumber = firstSequenceNumber;
  }

  /** Sends all packets of an access unit; the last one has the marker. Stops at the first run that cannot be sent. */
  sendUnit(history: PayloadHistory, unit: PacketizedUnit, timestamp: number): SendOutcome {
    const { run } = this.#channel;
    const last = unit.endPacket - 1;
    let packet = unit.firstPacket;
    while (packet <= last) {
      this.#begin(history.memory);
      for (; packet <= last; packet++) {
        const length = history.lengthOf(packet);
        if (!run.accepts(length)) break;
        this.#add(history.offsetOf(packet), length, packet === last, timestamp);
      }
      const outcome = this.#send();
      if (outcome !== 'sent') return outcome;
    }
    return 'sent';
  }

  sendOne(memory: PacketMemory, at: number, length: number, marker: boolean, timestamp: number): SendOutcome {
    this.#begin(memory);
    this.#add(at, length, marker, timestamp);
    return this.#send();
  }

  /** Sends an identical copy of an earlier packet, for viewers without RTX. */
  repeat(
    sequenceNumber: number,
    memory: PacketMemory,
    at: number,
    length: number,
    marker: boolean,
    timestamp: number,
  ): void {
    const wrapped = sequenceNumber >= this.sequenceNumber;
    this.#begin(memory);
    const rolloverCounter = this.#rolloverCounter - (wrapped ? 1 : 0);
    const header = this.#channel.run.add(at, length, sequenceNumber, rolloverCounter);
    this.#writeHeader(header, sequenceNumber, marker, timestamp);
    this.#send();
  }

  #begin(memory: PacketMemory): void {
    const { run, cipher } = this.#channel;
    run.begin(memory, this.#template.length, cipher.tagBytes, this.ssrc);
  }

  #add(at: number, length: number, marker: boolean, timestamp: number): void {
    const header = this.#channel.run.add(at, length, this.sequenceNumber, this.#rolloverCounter);
    this.#writeHeader(header, this.sequenceNumber, marker, timestamp);
    this.packets++;
    this.octets += length;
    this.sequenceNumber++;
    if (this.sequenceNumber === SEQUENCE_NUMBERS) {
      this.sequenceNumber = 0;
      this.#rolloverCounter++;
    }
  }

  #writeHeader(at: number, sequenceNumber: number, marker: boolean, timestamp: number): void {
    const { bytes } = this.#channel.run.block;
    bytes.set(this.#template, at);
    if (marker) bytes[at + 1] = (bytes[at + 1] as number) | MARKER;
    bytes[at + 2] = sequenceNumber >>> 8;
    bytes[at + 3] = sequenceNumber;
    bytes[at + 4] = timestamp >>> 24;
    bytes[at + 5] = timestamp >>> 16;
    bytes[at + 6] = timestamp >>> 8;
    bytes[at + 7] = timestamp;
  }

  #send(): SendOutcome {
    const { run, cipher, path, isOpen } = this.#channel;
    if (!isOpen || !path) return 'failed';
    cipher.protect(run);
    return path.sendRun(run);
  }
}
