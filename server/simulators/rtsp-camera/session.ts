import { randomBytes } from 'node:crypto';
import type { ClipFrame } from '../clip.ts';
import type { Carrier } from './carrier.ts';
import { PacketStream } from './packet-stream.ts';
import type { CameraPath, CameraPlayer } from './path.ts';
import { type CameraPayload, packFrame } from './payloads.ts';
import { AUDIO_PAYLOAD_TYPES, VIDEO_PAYLOAD_TYPE } from './sdp.ts';

const DEFAULT_PAYLOAD_BYTES = 1400;
const REPORT_INTERVAL_MS = 5000;

type SessionTrack = { readonly stream: PacketStream; carrier: Carrier };

/** One client's session with one path of the camera. */
export class CameraSession implements CameraPlayer {
  readonly id = randomBytes(4).toString('hex').toUpperCase();
  readonly path: CameraPath;
  readonly #tracks = new Map<number, SessionTrack>();
  readonly #onEnd: (wasTornDown: boolean) => void;
  readonly #cleanups: (() => void)[] = [];
  #reportTimer: NodeJS.Timeout | undefined;
  #watchTimer: NodeJS.Timeout | undefined;
  #playing = false;
  #ended = false;
  #aliveMs = Date.now();
  #reportedMs = Date.now();
  #reports = 0;

  constructor(path: CameraPath, onEnd: (wasTornDown: boolean) => void) {
    this.path = path;
    this.#onEnd = onEnd;
    const { sessionTimeoutMs, needsReceiverReportsMs } = path.options.quirks?.life ?? {};
    const shortest = Math.min(sessionTimeoutMs ?? Number.POSITIVE_INFINITY, needsReceiverReportsMs ?? 1e9);
    if (shortest < 1e9) this.#watchTimer = setInterval(() => this.#checkLife(), shortest / 4);
  }

  get isPlaying(): boolean {
    return this.#playing;
  }

  get receiverReports(): number {
    return this.#reports;
  }

  /** Functions that run when the session ends, such as closing sockets. */
  onEnd(cleanup: () => void): void {
    this.#cleanups.push(cleanup);
  }

  setUp(track: number, carrier: Carrier | ((stream: PacketStream) => Carrier)): PacketStream {
    const { audio, quirks = {} } = this.path.options;
    const stream =
      track === 0
        ? new PacketStream(VIDEO_PAYLOAD_TYPE, 90_000, quirks)
        : new PacketStream(
            AUDIO_PAYLOAD_TYPES[audio?.track.codec ?? 'pcmu'],
            audio?.track.sampleRateHz ?? 8000,
            quirks,
          );
    this.#tracks.set(track, { stream, carrier: typeof carrier === 'function' ? carrier(stream) : carrier });
    return stream;
  }

  tracks(): readonly (readonly [number, PacketStream])[] {
    return [...this.#tracks].map(([number, { stream }]) => [number, stream]);
  }

  play(): void {
    if (this.#playing || this.#ended) return;
    this.#playing = true;
    this.path.add(this);
    this.#report();
    this.#reportTimer = setInterval(() => this.#report(), REPORT_INTERVAL_MS);
  }

  pause(): void {
    if (!this.#playing) return;
    this.#playing = false;
    this.path.remove(this);
    clearInterval(this.#reportTimer);
  }

  keepAlive(method: string): void {
    const { keepAliveBy } = this.path.options.quirks?.life ?? {};
    if (!keepAliveBy || keepAliveBy.includes(method)) this.#aliveMs = Date.now();
  }

  receiverReport(): void {
    this.#reports++;
    this.#reportedMs = Date.now();
  }

  picture(frame: ClipFrame, number: number): void {
    const { clip, quirks } = this.path.options;
    const maxBytes = quirks?.transport?.maxPayloadBytes ?? DEFAULT_PAYLOAD_BYTES;
    this.#deliver(0, number / clip.fps, packFrame(clip.codec, frame, maxBytes, quirks?.video));
  }

  sound(samples: Uint8Array, number: number): void {
    const { audio } = this.path.options;
    if (!audio) return;
    const bytes = audio.track.codec === 'aac' ? withAuHeader(samples) : samples;
    const payload = { bytes, marker: audio.track.codec === 'aac', previousStamp: false };
    this.#deliver(1, (number * audio.samplesPerFrame) / audio.track.sampleRateHz, [payload]);
  }

  end(wasTornDown = false): void {
    if (this.#ended) return;
    this.pause();
    this.#ended = true;
    clearInterval(this.#watchTimer);
    for (const cleanup of this.#cleanups) cleanup();
    this.#onEnd(wasTornDown);
  }

  #deliver(track: number, atS: number, payloads: readonly CameraPayload[]): void {
    const target = this.#tracks.get(track);
    if (!target) return;
    for (const packet of target.stream.packets(payloads, atS)) target.carrier.rtp(packet);
  }

  #report(): void {
    for (const { stream, carrier } of this.#tracks.values()) carrier.rtcp(stream.senderReport(Date.now()));
  }

  #checkLife(): void {
    const { sessionTimeoutMs, needsReceiverReportsMs } = this.path.options.quirks?.life ?? {};
    const nowMs = Date.now();
    if (sessionTimeoutMs !== undefined && nowMs - this.#aliveMs > sessionTimeoutMs) this.end();
    else if (needsReceiverReportsMs !== undefined && nowMs - this.#reportedMs > needsReceiverReportsMs) this.pause();
  }
}

/** RFC 3640 in its usual form (AAC-hbr): one frame with 13 bits of size and 3 of index. */
function withAuHeader(frame: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + frame.length);
  bytes.set([0, 16, frame.length >> 5, (frame.length & 31) << 3]);
  bytes.set(frame, 4);
  return bytes;
}
