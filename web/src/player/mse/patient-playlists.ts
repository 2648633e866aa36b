import type Hls from 'hls.js';
import type { HlsConfig } from 'hls.js';

type PlaylistLoader = NonNullable<HlsConfig['pLoader']>;

/** A part that takes longer than this no longer delays playlists, because a newer part may be waiting to be fetched. */
const LONGEST_WAIT_MS = 1000;

/**
 * hls.js (1.7.4) notes on its model of a playlist which parts it has. A playlist that arrives between a part and its parsing
 * replaces that model, and the note is lost; where the sound of that part is shorter than its picture it then stands still,
 * or fetches the same part for ever. So playlists wait until what is being fetched stands in the buffer.
 */
export class PatientPlaylists {
  #isFetching = false;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  readonly #waiting = new Set<() => void>();

  /** Goes into hls.js's configuration. */
  loaderFor({ DefaultConfig }: typeof Hls): PlaylistLoader {
    const Base = DefaultConfig.loader as unknown as PlaylistLoader;
    const whenIdle = (then: () => void): void => this.#whenIdle(then);
    return class extends Base {
      #isWanted = true;

      override load(...[context, config, callbacks]: Parameters<InstanceType<PlaylistLoader>['load']>): void {
        super.load(context, config, {
          ...callbacks,
          onSuccess: (...loaded) =>
            whenIdle(() => {
              if (this.#isWanted) callbacks.onSuccess(...loaded);
            }),
        });
      }

      override abort(): void {
        this.#isWanted = false;
        super.abort();
      }

      override destroy(): void {
        this.#isWanted = false;
        super.destroy();
      }
    };
  }

  listen(hls: Hls, { Events }: typeof Hls): void {
    hls.on(Events.FRAG_LOADING, () => this.#begin());
    for (const event of [Events.FRAG_BUFFERED, Events.FRAG_LOAD_EMERGENCY_ABORTED, Events.ERROR] as const)
      hls.on(event, () => this.#end());
  }

  #begin(): void {
    this.#isFetching = true;
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#end(), LONGEST_WAIT_MS);
  }

  #end(): void {
    this.#isFetching = false;
    clearTimeout(this.#deadline);
    for (const then of [...this.#waiting]) {
      this.#waiting.delete(then);
      then();
    }
  }

  #whenIdle(then: () => void): void {
    if (this.#isFetching) this.#waiting.add(then);
    else then();
  }
}
