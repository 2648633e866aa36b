import { GatewayError } from '../../platform/errors.ts';

const HEADER_BYTES = 27;
const FULL_SEGMENT = 255;
const MAX_PACKET_BYTES = 256 * 1024;
const CAPTURE_PATTERN = 0x4f67_6753; // OggS

/** Takes the packets of one logical stream out of Ogg pages (RFC 3533), however the bytes were cut. */
export class OggPacketReader {
  #waiting: Uint8Array = new Uint8Array();
  #packet: Uint8Array[] = [];
  #packetBytes = 0;

  push(chunk: Uint8Array): Uint8Array[] {
    const bytes = this.#waiting.length === 0 ? chunk : Buffer.concat([this.#waiting, chunk]);
    const packets: Uint8Array[] = [];
    let at = 0;
    for (let pageBytes = this.#pageBytes(bytes, at); pageBytes !== undefined; pageBytes = this.#pageBytes(bytes, at)) {
      this.#readPage(bytes.subarray(at, at + pageBytes), packets);
      at += pageBytes;
    }
    this.#waiting = bytes.slice(at);
    return packets;
  }

  /** Undefined while the page is incomplete. */
  #pageBytes(bytes: Uint8Array, at: number): number | undefined {
    if (bytes.length - at < HEADER_BYTES) return undefined;
    if (new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0) !== CAPTURE_PATTERN)
      throw new GatewayError('bad-data', 'These bytes are no Ogg page.');
    const segments = bytes[at + HEADER_BYTES - 1] as number;
    const bodyAt = at + HEADER_BYTES + segments;
    if (bytes.length < bodyAt) return undefined;
    let length = HEADER_BYTES + segments;
    for (let index = at + HEADER_BYTES; index < bodyAt; index++) length += bytes[index] as number;
    return bytes.length - at < length ? undefined : length;
  }

  #readPage(page: Uint8Array, packets: Uint8Array[]): void {
    const segments = page[HEADER_BYTES - 1] as number;
    let at = HEADER_BYTES + segments;
    for (let index = 0; index < segments; index++) {
      const length = page[HEADER_BYTES + index] as number;
      this.#packet.push(page.slice(at, at + length));
      this.#packetBytes += length;
      at += length;
      if (this.#packetBytes > MAX_PACKET_BYTES) throw new GatewayError('too-large', 'An Ogg packet is too large.');
      if (length === FULL_SEGMENT) continue;
      packets.push(Buffer.concat(this.#packet));
      this.#packet = [];
      this.#packetBytes = 0;
    }
  }
}
