import { GatewayError } from '../../platform/errors.ts';
import { ByteBacklog } from './byte-backlog.ts';
import { endOfHead, parseRtspMessage, type RtspMessage } from './message.ts';

/** RTP or RTCP inside the RTSP connection (RFC 2326 clause 10.12). */
export type InterleavedFrame = { readonly kind: 'frame'; readonly channel: number; readonly data: Uint8Array };
export type RtspItem = RtspMessage | InterleavedFrame;

export const INTERLEAVED_HEADER_BYTES = 4;
const DOLLAR = 0x24;
const RTP_VERSION = 2;
const SMALLEST_PACKET_BYTES = 8;
/** More garbage than this in a row is not an error of a camera but another protocol. */
const MAX_GARBAGE_BYTES = 1_048_576;
const LONGEST_METHOD = 20;
const MESSAGE_START = /^(?:RTSP\/|[A-Z_]{3,20} )/;
const KNOWN_START =
  /^(?:RTSP\/[12]\.0 |(?:OPTIONS|DESCRIBE|ANNOUNCE|SETUP|PLAY|PLAY_NOTIFY|PAUSE|TEARDOWN|GET_PARAMETER|SET_PARAMETER|REDIRECT|RECORD) )/;

/**
 * Cuts an RTSP connection into messages and frames, in linear time and whatever way TCP cut the bytes. Frames are views
 * of what was pushed. Some cameras send garbage between frames or wrong lengths: it then searches for the next place that
 * looks like a frame or a message.
 */
export class InterleavedReader {
  readonly #backlog = new ByteBacklog();
  #channels: ReadonlySet<number> = new Set();
  #headSearched = 0;
  #garbageRun = 0;
  #lost = false;
  #garbageBytes = 0;
  #resyncs = 0;

  /** How many bytes of garbage were skipped so far, and how often the next frame was found again. */
  get garbageBytes(): number {
    return this.#garbageBytes;
  }

  get resyncs(): number {
    return this.#resyncs;
  }

  /** The channels that were set up. Only these are accepted while searching. */
  expectChannels(channels: Iterable<number>): void {
    this.#channels = new Set(channels);
  }

  push(chunk: Uint8Array): RtspItem[] {
    const items: RtspItem[] = [];
    const data = this.#backlog.append(chunk);
    if (!data) return items;
    let at = 0;
    while (at < data.length) {
      const next = this.#lost ? this.#search(data, at) : this.#take(data, at, items);
      if (next === undefined) break;
      at = next;
    }
    this.#backlog.keep(data, at);
    return items;
  }

  /** Takes the frame or message at `at` and returns the offset after it. Undefined while bytes are missing. */
  #take(data: Uint8Array, at: number, items: RtspItem[]): number | undefined {
    const first = data[at] as number;
    if (first === DOLLAR) return this.#takeFrame(data, at, items);
    if (first === 10 || first === 13) return at + 1;
    const text = latin1(data, at, LONGEST_METHOD + 1);
    if (MESSAGE_START.test(text)) return this.#takeMessage(data, at, items);
    if (/^[A-Z_]+\/?$/.test(text) && at + text.length === data.length) return undefined;
    this.#lost = true;
    return at;
  }

  #takeFrame(data: Uint8Array, at: number, items: RtspItem[]): number | undefined {
    if (data.length < at + INTERLEAVED_HEADER_BYTES) return undefined;
    const channel = data[at + 1] as number;
    const end = endOfFrame(data, at);
    if (this.#isForeignAndNoPacket(data, at, end)) {
      this.#lost = true;
      return this.#skip(at, at + 1);
    }
    if (data.length < end) {
      this.#backlog.want(end - at);
      return undefined;
    }
    const swallowed = this.#frameInside(data, at, end);
    if (swallowed !== undefined) {
      this.#resyncs++;
      return this.#skip(at, swallowed);
    }
    this.#garbageRun = 0;
    items.push({ kind: 'frame', channel, data: data.subarray(at + INTERLEAVED_HEADER_BYTES, end) });
    return end;
  }

  /**
   * When something odd follows a frame, either garbage came between frames, or the frame's length was too large and it contains
   * the beginning of the next frame, which is then found inside it.
   */
  #frameInside(data: Uint8Array, at: number, end: number): number | undefined {
    if (this.#channels.size === 0 || end >= data.length) return undefined;
    const next = data[end] as number;
    if (next === DOLLAR || next === 10 || next === 13 || this.#looksLikeStart(data, end) !== 'no') return undefined;
    for (let inside = at + INTERLEAVED_HEADER_BYTES; inside < end; inside++)
      if (data[inside] === DOLLAR && this.#looksLikeFrame(data, inside) === 'yes') return inside;
    return undefined;
  }

  /** A dollar sign inside other data. Believing its length would cost up to 64 KB of good frames. */
  #isForeignAndNoPacket(data: Uint8Array, at: number, end: number): boolean {
    if (this.#channels.size === 0 || this.#channels.has(data[at + 1] as number)) return false;
    const version = data[at + INTERLEAVED_HEADER_BYTES];
    return end > at + INTERLEAVED_HEADER_BYTES && version !== undefined && version >> 6 !== RTP_VERSION;
  }

  #takeMessage(data: Uint8Array, at: number, items: RtspItem[]): number | undefined {
    const rest = data.subarray(at);
    try {
      if (endOfHead(rest, this.#headSearched) === undefined) {
        // Two bytes back: the empty line may have been cut in the middle.
        this.#headSearched = Math.max(0, rest.length - 2);
        return undefined;
      }
      const parsed = parseRtspMessage(rest);
      if (!parsed) return undefined;
      this.#headSearched = 0;
      this.#garbageRun = 0;
      items.push(parsed.message);
      return at + parsed.bytesUsed;
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'bad-data') throw error;
      this.#headSearched = 0;
      this.#lost = true;
      return this.#skip(at, at + 1);
    }
  }

  /** Goes forward to the next plausible beginning. */
  #search(data: Uint8Array, from: number): number | undefined {
    for (let at = from; at < data.length; at++) {
      const verdict = this.#looksLikeStart(data, at);
      if (verdict === 'no') continue;
      this.#skip(from, at);
      if (verdict === 'unclear') return at === from ? undefined : at;
      this.#lost = false;
      this.#resyncs++;
      return at;
    }
    return this.#skip(from, data.length);
  }

  #looksLikeStart(data: Uint8Array, at: number): 'yes' | 'no' | 'unclear' {
    const first = data[at] as number;
    if (first === DOLLAR) return this.#looksLikeFrame(data, at);
    if (first < 0x41 || first > 0x5a) return 'no';
    const text = latin1(data, at, LONGEST_METHOD);
    if (KNOWN_START.test(text)) return 'yes';
    return at + text.length === data.length && /^[A-Z_]+(?:\/[\d.]*)?$/.test(text) ? 'unclear' : 'no';
  }

  #looksLikeFrame(data: Uint8Array, at: number): 'yes' | 'no' | 'unclear' {
    if (at + 6 > data.length) return 'unclear';
    const end = endOfFrame(data, at);
    if (end - at < INTERLEAVED_HEADER_BYTES + SMALLEST_PACKET_BYTES) return 'no';
    if (this.#channels.size > 0 && !this.#channels.has(data[at + 1] as number)) return 'no';
    if ((data[at + 4] as number) >> 6 !== RTP_VERSION) return 'no';
    if (end >= data.length) return 'yes';
    const next = data[end] as number;
    return next === DOLLAR || next === 10 || next === 13 || (next >= 0x41 && next <= 0x5a) ? 'yes' : 'no';
  }

  #skip(from: number, to: number): number {
    this.#garbageBytes += to - from;
    this.#garbageRun += to - from;
    if (this.#garbageRun > MAX_GARBAGE_BYTES)
      throw new GatewayError('bad-data', 'The camera sends something that is not RTSP. Check the port.');
    return to;
  }
}

/** Writes the four bytes in front of a frame of `length` bytes. */
export function writeInterleavedHeader(target: Uint8Array, offset: number, channel: number, length: number): void {
  target[offset] = DOLLAR;
  target[offset + 1] = channel;
  target[offset + 2] = length >> 8;
  target[offset + 3] = length;
}

export function serializeInterleavedFrame(channel: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(INTERLEAVED_HEADER_BYTES + data.length);
  writeInterleavedHeader(bytes, 0, channel, data.length);
  bytes.set(data, INTERLEAVED_HEADER_BYTES);
  return bytes;
}

function endOfFrame(data: Uint8Array, at: number): number {
  return at + INTERLEAVED_HEADER_BYTES + (((data[at + 2] as number) << 8) | (data[at + 3] as number));
}

function latin1(data: Uint8Array, at: number, length: number): string {
  return Buffer.from(data.buffer, data.byteOffset + at, Math.min(length, data.length - at)).toString('latin1');
}
