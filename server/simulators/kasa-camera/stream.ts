import type { TLSSocket } from 'node:tls';
import { joinAnnexB } from '../../media/video/annex-b.ts';
import { H264_NAL, h264NalType } from '../../media/video/h264.ts';
import { isParameterSet } from '../../media/video/parameter-sets.ts';
import type { AudioClip, VideoClip } from '../clip.ts';
import type { KasaQuirks } from '../kasa-camera-quirks.ts';

/** The cameras send sound in pieces of 60 ms. */
const AUDIO_FRAMES_PER_PART = 3;
const AUDIO_FRAME_MS = 20;
/** The camera's clock counts from its own start. */
const UPTIME_S = 295_528;
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** The endless multipart reply. It follows the wall clock: picture n is sent at t0 + n/fps, whoever watches. */
export class KasaStream {
  readonly #clip: VideoClip;
  readonly #audio: AudioClip;
  readonly #t0Ms: number;
  readonly #quirks: KasaQuirks;
  readonly #readers = new Map<TLSSocket, { pictures: number }>();
  #timer: NodeJS.Timeout | undefined;
  #nextPicture = 0;
  #nextSound = 0;
  #stalled = false;
  mostReaders = 0;

  constructor(clip: VideoClip, audio: AudioClip, t0Ms: number, quirks: KasaQuirks) {
    this.#clip = clip;
    this.#audio = audio;
    this.#t0Ms = t0Ms;
    this.#quirks = quirks;
  }

  get readers(): number {
    return this.#readers.size;
  }

  head(): string {
    const { framing = 'raw', httpVersion = '1.0' } = this.#quirks;
    const isChunked = framing === 'chunked' || framing === 'announced-chunks';
    return [
      `HTTP/${httpVersion} 200 OK`,
      'Content-Type: multipart/x-mixed-replace;boundary=data-boundary--',
      ...(isChunked ? ['Transfer-Encoding: chunked'] : []),
      ...(framing === 'negative-length' ? ['Content-Length: -1'] : []),
      '\r\n',
    ].join('\r\n');
  }

  add(socket: TLSSocket): void {
    socket.write(this.head());
    this.#readers.set(socket, { pictures: 0 });
    this.mostReaders = Math.max(this.mostReaders, this.#readers.size);
    socket.once('close', () => {
      this.#readers.delete(socket);
      if (this.#readers.size === 0) clearTimeout(this.#timer);
    });
    if (this.#readers.size === 1) this.#start();
  }

  stall(stalled: boolean): void {
    this.#stalled = stalled;
  }

  endAll(): void {
    for (const socket of this.#readers.keys()) socket.end();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #start(): void {
    const elapsedMs = Math.max(Date.now() - this.#t0Ms, 0);
    this.#nextPicture = Math.ceil((elapsedMs * this.#clip.fps) / 1000);
    this.#nextSound = Math.ceil(elapsedMs / (AUDIO_FRAME_MS * AUDIO_FRAMES_PER_PART));
    this.#tick();
  }

  #tick(): void {
    const nowMs = Date.now() - this.#t0Ms;
    while ((this.#nextPicture * 1000) / this.#clip.fps <= nowMs) this.#sendPicture(this.#nextPicture++);
    const partMs = AUDIO_FRAME_MS * AUDIO_FRAMES_PER_PART;
    while (this.#nextSound * partMs <= nowMs) this.#sendSound(this.#nextSound++);
    const dueMs = Math.min((this.#nextPicture * 1000) / this.#clip.fps, this.#nextSound * partMs);
    this.#timer = setTimeout(() => this.#tick(), Math.max(dueMs - (Date.now() - this.#t0Ms), 0));
  }

  #sendPicture(number: number): void {
    const frame = this.#clip.frames[number % this.#clip.frames.length];
    if (!frame || this.#stalled) return;
    const { splitKeyFrames, untidyParts, endInsidePartAfter } = this.#quirks;
    const seconds = number / this.#clip.fps;
    const nals = frame.nals.filter((nal) => h264NalType(nal) !== H264_NAL.sei);
    const groups =
      splitKeyFrames && frame.keyframe
        ? [nals.filter((nal) => isParameterSet('h264', nal)), nals.filter((nal) => !isParameterSet('h264', nal))]
        : [nals];
    for (const [socket, reader] of this.#readers) {
      for (const group of groups) {
        this.#write(socket, this.#videoHeaders(seconds, reader.pictures, frame.keyframe), joinAnnexB(group));
      }
      reader.pictures++;
      if (untidyParts && number % 10 === 0) this.#write(socket, ['Content-Type: text/plain'], Buffer.from('motion'));
      if (reader.pictures === endInsidePartAfter) {
        socket.end('\r\n--data-boundary--\r\nContent-Type: video/x-h264\r\nContent-Length: 5000\r\n\r\nhalf a picture');
      }
    }
  }

  #videoHeaders(seconds: number, pictures: number, keyframe: boolean): string[] {
    const { withoutStamps, withoutAudioHeader, stampResetAfter } = this.#quirks;
    const isReset = stampResetAfter !== undefined && pictures >= stampResetAfter;
    const stamp = isReset ? seconds % 1000 : UPTIME_S + (seconds % 100_000);
    return [
      'Content-Type: video/x-h264',
      `X-UtcTime:${Math.floor(Date.now() / 1000)}`,
      ...(withoutStamps ? [] : [`X-Timestamp: ${stamp.toFixed(6)}`]),
      `X-FrameType: ${keyframe ? 0 : 1}`,
      `X-FrameRate: ${this.#clip.fps.toFixed(1)}`,
      ...(withoutAudioHeader ? [] : ['X-Audio: 1']),
      'X-Video-Detection: 0',
    ];
  }

  #sendSound(number: number): void {
    if (this.#stalled) return;
    const first = number * AUDIO_FRAMES_PER_PART;
    const frames = Array.from(
      { length: AUDIO_FRAMES_PER_PART },
      (_, i) => this.#audio.frames[(first + i) % this.#audio.frames.length] as Uint8Array,
    );
    const seconds = (number * AUDIO_FRAMES_PER_PART * AUDIO_FRAME_MS) / 1000;
    for (const [socket, reader] of this.#readers) {
      const headers = this.#videoHeaders(seconds, reader.pictures, false).filter((line) =>
        /^X-(?:UtcTime|Timestamp)/.test(line),
      );
      this.#write(socket, ['Content-Type: audio/g711u', ...headers], Buffer.concat(frames));
    }
  }

  #write(socket: TLSSocket, headers: readonly string[], body: Uint8Array): void {
    if (socket.writableLength > MAX_WAITING_BYTES) return; // A camera drops what its uplink cannot carry.
    const { framing, untidyParts } = this.#quirks;
    const eol = untidyParts ? '\n' : '\r\n';
    const delimiter = `--data-boundary--${eol}`;
    const head = [...headers, `Content-Length: ${body.length}`, '', ''].join(eol);
    const part = Buffer.concat([
      Buffer.from(`${untidyParts ? delimiter : ''}${delimiter}${head}`),
      body,
      Buffer.from(eol),
    ]);
    if (framing === 'chunked') socket.write(`${part.length.toString(16)}\r\n`);
    socket.write(part);
    if (framing === 'chunked') socket.write('\r\n');
  }
}
