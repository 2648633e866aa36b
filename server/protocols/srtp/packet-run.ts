/** Memory for packets. `address` is where machine code finds it, 0 where there is none; whoever holds this keeps it alive. */
export type PacketMemory = { readonly bytes: Uint8Array<ArrayBuffer>; readonly address: number };

/** Linux takes at most 64 segments and one UDP datagram's worth of bytes in one call with UDP_SEGMENT. */
export const MAX_RUN_PACKETS = 64;
export const MAX_RUN_BYTES = 65_000;

/**
 * RTP packets on their way out. Headers are in `block`, payloads are described by their place in `source`, and protecting
 * writes each ciphertext and tag after its header. All packets but the last have the same length, so that one call can send
 * them. There is one run per process, and it is used for every access unit of every viewer: nothing is allocated per packet.
 */
export class PacketRun {
  readonly block: PacketMemory;
  /** Room after every packet for the cipher; 0 for UDP_SEGMENT, which needs packets without gaps. */
  readonly gapBytes: number;
  source: PacketMemory;
  count = 0;
  headerBytes = 0;
  tagBytes = 0;
  /** Synchronisation source of all packets, and what follows its sequence numbers: RFC 3711 clause 3.3.1. */
  ssrc = 0;
  readonly rolloverCounters = new Uint32Array(MAX_RUN_PACKETS);
  readonly sequenceNumbers = new Uint16Array(MAX_RUN_PACKETS);
  readonly payloadAt = new Int32Array(MAX_RUN_PACKETS);
  readonly payloadBytes = new Int32Array(MAX_RUN_PACKETS);
  /** Where each packet begins in `block`. */
  readonly packetAt = new Int32Array(MAX_RUN_PACKETS);

  /** The block has MAX_RUN_BYTES and one gap. */
  constructor(block: PacketMemory, gapBytes: number) {
    this.block = block;
    this.gapBytes = gapBytes;
    this.source = block;
  }

  begin(source: PacketMemory, headerBytes: number, tagBytes: number, ssrc: number): void {
    this.source = source;
    this.headerBytes = headerBytes;
    this.tagBytes = tagBytes;
    this.ssrc = ssrc;
    this.count = 0;
  }

  /** Whether a packet with this payload may still join: the last one was not shorter than the first, and there is room. */
  accepts(payloadBytes: number): boolean {
    if (this.count === 0) return true;
    const full = this.payloadBytes[0] as number;
    if (this.payloadBytes[this.count - 1] !== full || payloadBytes > full) return false;
    return this.count < MAX_RUN_PACKETS && this.#nextAt + this.#packetBytes(payloadBytes) <= MAX_RUN_BYTES;
  }

  /** Adds a packet and returns where in `block` its header belongs. */
  add(payloadAt: number, payloadBytes: number, sequenceNumber: number, rolloverCounter: number): number {
    const index = this.count;
    const at = this.#nextAt;
    this.packetAt[index] = at;
    this.payloadAt[index] = payloadAt;
    this.payloadBytes[index] = payloadBytes;
    this.sequenceNumbers[index] = sequenceNumber;
    this.rolloverCounters[index] = rolloverCounter;
    this.count = index + 1;
    return at;
  }

  /** The length of every packet; only the last one may be shorter. */
  get segmentBytes(): number {
    return this.#packetBytes(this.payloadBytes[0] as number);
  }

  /** Where the last packet ends. */
  get bytes(): number {
    if (this.count === 0) return 0;
    const last = this.count - 1;
    return (this.packetAt[last] as number) + this.#packetBytes(this.payloadBytes[last] as number);
  }

  packetBytesAt(index: number): number {
    return this.#packetBytes(this.payloadBytes[index] as number);
  }

  get #nextAt(): number {
    return this.count === 0 ? 0 : this.bytes + this.gapBytes;
  }

  #packetBytes(payloadBytes: number): number {
    return this.headerBytes + payloadBytes + this.tagBytes;
  }
}
