import { randomBytes } from 'node:crypto';
import type { Stream } from '../../hub/stream.ts';
import { recapPiece } from '../../media/catch-up/hls-recap.ts';
import { RECAP_LEAD_PARTS } from '../../media/catch-up/hls-recap-plan.ts';
import type { MediaFragment } from '../../media/mp4/fmp4-muxer.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { type HlsSegment, Segmenter } from '../../protocols/hls/segmenter.ts';
import type { FragmentStream } from '../fmp4/fragment-stream.ts';
import type { FragmentLease } from '../fmp4/fragment-streams.ts';
import type { ObjectBytes } from './object-bytes.ts';
import { type HlsObject, parseObjectName } from './object-name.ts';

/** Called for requests that wait for the stream to continue. */
export type HlsStreamListener = {
  /** A part was completed, or a fragment was added to the growing part. */
  progress(): void;
  segmentClosed(segment: HlsSegment): void;
  ended(reason: GatewayError): void;
};

/** One stream cut for HLS, once for all viewers. It lives while it has viewers, and its addresses are never used again. */
export class HlsStream {
  /** A part of every address below it. It cannot be guessed and is different each time the stream starts. */
  readonly epoch = randomBytes(12).toString('base64url');
  /** `CAMERA/QUALITY`, which is compared with the request: a right to another camera cannot use an address of this stream. */
  readonly key: string;
  readonly withSound: boolean;
  readonly segmenter: Segmenter;
  readonly #lease: FragmentLease;
  readonly #clock: Clock;
  readonly #listeners = new Set<HlsStreamListener>();
  #stop = (): void => {};
  #isWakeScheduled = false;
  #ended: GatewayError | undefined;

  constructor(stream: Stream, lease: FragmentLease, withSound: boolean, partMs: number, clock: Clock) {
    this.key = stream.key;
    this.#lease = lease;
    this.withSound = withSound;
    this.#clock = clock;
    this.segmenter = new Segmenter({ partMs });
    const stopListening = lease.fragments.onEnd((reason) => this.#end(reason));
    // The camera stays connected because of the viewers' own watches, and they end with it.
    const subscription = stream.subscribe({
      tracks: () => {},
      unit: (unit) => {
        const fragment = lease.fragments.fragmentOf(unit);
        if (fragment) this.#push(fragment);
        return true;
      },
    });
    this.#stop = () => {
      stopListening();
      subscription.close();
    };
    if (this.#ended) this.#stop();
  }

  get fragments(): FragmentStream {
    return this.#lease.fragments;
  }

  get ended(): GatewayError | undefined {
    return this.#ended;
  }

  /** The returned function stops listening. */
  listen(listener: HlsStreamListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Undefined when there is nothing, or no longer anything, with this name. */
  object(name: string): ObjectBytes | undefined {
    const object = parseObjectName(name);
    if (!object) return undefined;
    if (object.kind === 'init') {
      const user = this.segmenter.segments.find(({ init }) => init.version === object.version);
      return user && complete([user.init.bytes]);
    }
    const segment = this.segmenter.segments.find(({ number }) => number === object.segment);
    return segment && this.#mediaOf(segment, object);
  }

  close(): void {
    this.#end(new GatewayError('not-found', 'Nobody watches this stream any more.'));
  }

  #mediaOf(segment: HlsSegment, object: Exclude<HlsObject, { kind: 'init' }>): ObjectBytes | undefined {
    if (object.kind === 'segment') {
      if (segment.durationUs === undefined) return undefined;
      return complete(segment.parts.map((part) => part.bytes));
    }
    if (object.kind === 'stretch') {
      if (object.end > segment.parts.length || object.end <= object.first) return undefined;
      return complete(segment.parts.slice(object.first, object.end).map((part) => part.bytes));
    }
    if (object.kind === 'recap') {
      const next = this.segmenter.segments.find(({ number }) => number === segment.number + 1);
      return recapPiece({ ...object, segment, next, partTargetUs: this.segmenter.partTargetUs });
    }
    const part = segment.parts[object.part];
    if (part) return complete([part.bytes]);
    const ahead = object.part - segment.parts.length;
    if (segment.durationUs !== undefined || ahead > RECAP_LEAD_PARTS) return undefined;
    return { chunks: ahead === 0 ? this.segmenter.openFragments : [], isComplete: false };
  }

  #push(fragment: MediaFragment): void {
    const { segmenter } = this;
    const before = segmenter.current;
    const ageMs = (this.#clock.nowUs() - fragment.receivedUs) / 1000;
    segmenter.push(fragment, this.#clock.wallMs() - ageMs);
    if (before && segmenter.current !== before) for (const listener of this.#listeners) listener.segmentClosed(before);
    if (segmenter.isOutgrown)
      this.#end(new GatewayError('not-found', 'The camera sends fewer pictures now. Open it again.'));
    else this.#wakeSoon();
  }

  /** Tells the waiting requests only after the camera's data has been passed on to all other outputs. */
  #wakeSoon(): void {
    if (this.#isWakeScheduled || this.#listeners.size === 0) return;
    this.#isWakeScheduled = true;
    setImmediate(() => {
      this.#isWakeScheduled = false;
      for (const listener of [...this.#listeners]) listener.progress();
    });
  }

  #end(reason: GatewayError): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#stop();
    this.#lease.release();
    for (const listener of [...this.#listeners]) listener.ended(reason);
    this.#listeners.clear();
  }
}

function complete(chunks: readonly Uint8Array[]): ObjectBytes {
  return { chunks, isComplete: true };
}
