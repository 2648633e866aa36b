import type { SourceSink } from '../../hub/source.ts';
import type { TrackInfo } from '../../media/access-unit.ts';
import { asGatewayError } from '../../platform/errors.ts';
import type { DevicePath } from './device-path.ts';

/** Where the follower learns which path is the best one. */
export type PathChoice = {
  readonly best: DevicePath | undefined;
  onPathChange(listener: () => void): () => void;
};

/** Plays the camera over one path until the signal aborts. */
export type PlayOnPath = (path: DevicePath, sink: SourceSink, signal: AbortSignal) => Promise<void>;

type Playing = { readonly path: DevicePath; readonly abort: AbortController; readonly gate: SourceSink };

/**
 * Keeps a camera playing while the way to it changes: the new path plays beside the old one until its first key frame, then takes
 * over. Viewers see a cut at most as long as the old path was silent.
 */
export class PathFollower {
  readonly #choice: PathChoice;
  readonly #sink: SourceSink;
  readonly #play: PlayOnPath;
  #current: Playing | undefined;
  #next: Playing | undefined;
  #finish: (error?: unknown) => void = () => {};

  constructor(choice: PathChoice, sink: SourceSink, play: PlayOnPath) {
    this.#choice = choice;
    this.#sink = sink;
    this.#play = play;
  }

  /** Ends as a source does: resolves on abort, rejects when no path plays any more. */
  async run(signal: AbortSignal): Promise<void> {
    const onAbort = (): void => this.#finish();
    const ended = new Promise<void>((resolve, reject) => {
      this.#finish = (error) => (error === undefined ? resolve() : reject(error));
    });
    signal.addEventListener('abort', onAbort, { once: true });
    const stopListening = this.#choice.onPathChange(() => this.#follow());
    try {
      if (signal.aborted) return;
      this.#follow();
      await ended;
    } finally {
      stopListening();
      signal.removeEventListener('abort', onAbort);
      for (const playing of [this.#current, this.#next]) playing?.abort.abort();
    }
  }

  #follow(): void {
    const { best } = this.#choice;
    if (!best || best === this.#next?.path) return;
    this.#next?.abort.abort();
    this.#next = undefined;
    if (best === this.#current?.path) return; // It has recovered.
    if (this.#current) this.#next = this.#start(best, (playing) => this.#waitForKeyframe(playing));
    else this.#current = this.#start(best, () => this.#sink);
  }

  #start(path: DevicePath, gate: (playing: () => Playing) => SourceSink): Playing {
    const abort = new AbortController();
    const playing: Playing = { path, abort, gate: gate(() => playing) };
    const sink: SourceSink = {
      tracks: (tracks) => this.#isOurs(playing) && playing.gate.tracks(tracks),
      publish: (unit) => this.#isOurs(playing) && playing.gate.publish(unit),
      step: (step) => this.#isOurs(playing) && playing.gate.step(step),
    };
    this.#play(path, sink, abort.signal).then(
      () => this.#ended(playing, undefined),
      (error) => this.#ended(playing, error),
    );
    return playing;
  }

  #isOurs(playing: Playing): boolean {
    return playing === this.#current || playing === this.#next;
  }

  /** Swallows everything up to the first key frame, then makes its path the current one. */
  #waitForKeyframe(playing: () => Playing): SourceSink {
    let tracks: readonly TrackInfo[] = [];
    return {
      step: () => {},
      tracks: (info) => {
        if (playing() === this.#current) this.#sink.tracks(info);
        tracks = info;
      },
      publish: (unit) => {
        if (playing() !== this.#current) {
          const hasVideo = tracks.some((track) => track.kind === 'video');
          if (hasVideo && !(unit.keyframe && tracks[unit.track]?.kind === 'video')) return;
          this.#takeOver(playing());
          this.#sink.tracks(tracks);
        }
        this.#sink.publish(unit);
      },
    };
  }

  #takeOver(playing: Playing): void {
    this.#current?.abort.abort();
    this.#current = playing;
    this.#next = undefined;
  }

  #ended(playing: Playing, error: unknown): void {
    if (playing === this.#next) {
      this.#next = undefined;
      if (!this.#current) this.#finish(asGatewayError(error, 'camera-closed'));
    } else if (playing === this.#current) {
      this.#current = undefined;
      // The old path died while the new one is still on its way to a key frame: that one decides now.
      if (!this.#next) this.#finish(asGatewayError(error, 'camera-closed'));
    }
  }
}
