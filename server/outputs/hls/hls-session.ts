import { randomBytes } from 'node:crypto';
import type { Watch } from '../../hub/hub.ts';
import type { InitSegment } from '../../media/mp4/fmp4-init.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { settleWithin } from '../../platform/wait.ts';
import { serializeMediaPlaylist } from '../../protocols/hls/playlist.ts';
import type { Segmenter } from '../../protocols/hls/segmenter.ts';
import { holdsPart, Viewpoint } from '../../protocols/hls/viewpoint.ts';
import { awaitInit } from '../fmp4/fmp4-output.ts';
import type { HlsStream } from './hls-stream.ts';
import { SharedReaders } from './shared-readers.ts';
import { viewedPlaylist } from './viewed-playlist.ts';

/** The delivery directives of clause 6.2.5, and the suffix that all addresses for this caller need. */
export type PlaylistRequest = {
  readonly mediaSequence?: number;
  readonly part?: number;
  readonly delta: boolean;
  readonly suffix: string;
};

export type HlsSessionParts = {
  readonly watch: Watch;
  /** Takes another seat with the same right. Throws when there is none. */
  watchAnother(): Watch;
  /** The device that opened the session. */
  readonly reader: string;
  readonly stream: HlsStream;
  readonly clock: Clock;
  readonly withRecap: boolean;
};

/** A viewer that requests no playlist for this long counts as gone. */
const GONE_AFTER_MS = 10_000;
/** A request may be this far ahead of the playlist (clause 6.2.5.2). */
const MAX_SEGMENTS_AHEAD = 2;
const LONGEST_WAIT_TARGETS = 3;
/** The same limit before the first playlist. */
const USUAL_TARGET_S = 2;

/** One viewer of an HLS stream. It counts from its first playlist until ten seconds after its last one. */
export class HlsSession {
  readonly id = randomBytes(12).toString('base64url');
  readonly watch: Watch;
  readonly reader: string;
  readonly stream: HlsStream;
  readonly #readers: SharedReaders;
  readonly #clock: Clock;
  readonly #withRecap: boolean;
  readonly #onClose: () => void;
  readonly #waiting = new Set<() => void>();
  readonly #stopListening: () => void;
  readonly #ended = new AbortController();
  #viewpoint: Viewpoint | undefined;
  #requests = 0;
  #answeredUs: number;
  #closed = false;

  constructor({ watch, watchAnother, reader, stream, clock, withRecap }: HlsSessionParts, onClose: () => void) {
    this.watch = watch;
    this.reader = reader;
    this.#readers = new SharedReaders(watchAnother, clock, GONE_AFTER_MS);
    this.stream = stream;
    this.#clock = clock;
    this.#withRecap = withRecap;
    this.#onClose = onClose;
    this.#answeredUs = clock.nowUs();
    this.#stopListening = stream.listen({
      progress: () => this.#wake(),
      segmentClosed: (segment) => this.#viewpoint?.segmentClosed(segment),
      ended: (reason) => this.close(reason),
    });
  }

  /** Waits for the first key frame. Rejects with the reason why the camera sends none. */
  ready(signal: AbortSignal): Promise<InitSegment> {
    const either = AbortSignal.any([signal, this.#ended.signal]);
    return this.#during(() => awaitInit(this.watch.stream, this.stream.fragments, this.#clock, either));
  }

  /** Waits until the requested part exists. Rejects with a GatewayError when it cannot come or when too many read this session. */
  playlist(request: PlaylistRequest, signal: AbortSignal): Promise<string> {
    return this.#during(() => this.#readers.serve(request, () => this.#write(request, signal)));
  }

  async #write(request: PlaylistRequest, signal: AbortSignal): Promise<string> {
    const { segmenter } = this.stream;
    await this.#until(() => this.#viewpoint !== undefined || this.#canJoin(segmenter), signal);
    if (!segmenter.current) throw gone();
    // If a recap's pieces had sound, hls.js (1.7.4) would fetch the first one again and again and sometimes stall.
    const withRecap = this.#withRecap && !segmenter.current.init.audioEntry;
    this.#viewpoint ??= new Viewpoint(segmenter.current, segmenter, withRecap);
    const viewpoint = this.#viewpoint;
    const { mediaSequence, part } = request;
    if (mediaSequence !== undefined) {
      const last = viewpoint.view(segmenter.listed()).at(-1);
      if (mediaSequence > (last?.mediaSequence ?? 0) + MAX_SEGMENTS_AHEAD)
        throw new GatewayError('bad-request', `Segment ${mediaSequence} lies too far ahead.`);
      await this.#until(() => holdsPart(viewpoint.view(segmenter.listed()), mediaSequence, part), signal);
    }
    return serializeMediaPlaylist(viewedPlaylist(segmenter, viewpoint, request.suffix), request.delta);
  }

  /** hls.js continues with parts when it has more than one. */
  #canJoin({ current }: Segmenter): boolean {
    return (current?.parts.length ?? 0) >= (this.#withRecap ? 2 : 1);
  }

  /** Idempotent. */
  close(reason?: GatewayError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ended.abort(reason);
    this.#stopListening();
    this.#wake();
    this.watch.close();
    this.#readers.close();
    this.#onClose();
  }

  /** A viewer whose request is being answered counts as present. Its time limit starts with the answer. */
  aliveUntilUs(nowUs: number): number {
    return (this.#requests > 0 ? nowUs : this.#answeredUs) + GONE_AFTER_MS * 1000;
  }

  async #during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#requests++;
    try {
      return await work();
    } finally {
      this.#requests--;
      this.#answeredUs = this.#clock.nowUs();
    }
  }

  #until(isReached: () => boolean, signal: AbortSignal): Promise<void> {
    return settleWithin<void>({
      clock: this.#clock,
      signal,
      timeoutMs: (this.#viewpoint?.targetDurationS ?? USUAL_TARGET_S) * LONGEST_WAIT_TARGETS * 1000,
      late: () => {
        throw new GatewayError('stalled', 'The camera sends nothing at present. Ask again.');
      },
      aborted: () => {
        throw new GatewayError('viewer-lost', 'The viewer went away.');
      },
      begin: ({ resolve, reject }) => {
        const check = (): void => {
          if (this.#closed) reject(this.stream.ended ?? gone());
          else if (isReached()) resolve();
        };
        this.#waiting.add(check);
        check();
        return () => this.#waiting.delete(check);
      },
    });
  }

  #wake(): void {
    for (const check of [...this.#waiting]) check();
  }
}

function gone(): GatewayError {
  return new GatewayError('not-found', 'This playback has ended. Load index.m3u8 again.');
}
