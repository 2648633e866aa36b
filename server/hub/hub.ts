import { randomUUID } from 'node:crypto';

import type { AudioCodec, Quality, StreamState } from '../../shared/camera.ts';
import type { CameraId, ViewerId } from '../../shared/ids.ts';
import type { Clock } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';
import { GuardedEmitter } from '../platform/guarded-emitter.ts';
import { EndedViews } from './ended-views.ts';
import { LinkSeats } from './link-seats.ts';
import { requireSeat } from './seats.ts';
import { Stream, type StreamSink, type SubscribeOptions } from './stream.ts';
import type { StreamConsumer, Subscription } from './subscription.ts';
import type { Viewer, ViewerDescription } from './viewer.ts';
import { ViewerLife } from './viewer-life.ts';

/** Keeps one camera's source running until aborted. The supervisor implements this. */
export type SourceRunner = {
  run(sink: StreamSink, signal: AbortSignal): Promise<void>;
  /** Begins the next attempt now; false when none is waiting. A new viewer does not repeat a wrong password, but a person who asks may. */
  retryNow(because: 'viewer-came' | 'person-asked'): boolean;
  /** See `SourceAdapter`. */
  knock?(signal: AbortSignal): Promise<void>;
};

/**
 * A viewer who is told that a camera is away asks again within 8 s. Until then the camera is still tried, as if somebody
 * waited, and its state stays known.
 */
const AWAY_LINGER_MS = 10_000;

/** What the hub needs to know of the configured cameras. */
export type CameraCatalog = {
  has(camera: CameraId): boolean;
  /** For cameras without a substream only `main` is used. */
  hasSubstream(camera: CameraId): boolean;
  createRunner(camera: CameraId, quality: Quality): SourceRunner;
};

export type HubLimits = { readonly maxViewers: number; readonly lingerMs: number };

/** One viewer's hold on a stream: while it is open the camera is kept connected. */
export type Watch = {
  readonly viewer: Viewer;
  readonly stream: Stream;
  /** Subscribes to the stream. The subscription is closed together with the watch. */
  subscribe(consumer: StreamConsumer, options?: SubscribeOptions): Subscription;
  /** Must be called when an offer has connected. Ends the viewer if its seat was taken meanwhile. May be called more than once. */
  connected(): void;
  /** Idempotent. */
  close(): void;
};

export type HubEvents = {
  'stream-state': [camera: CameraId, quality: Quality, state: StreamState];
  'viewer-came': [viewer: Viewer];
  'viewer-left': [viewer: Viewer];
};

/** The next attempt at a camera can be requested this often, by all people together. */
const RETRY_EVERY_MS = 5000;
/** An offer holds a seat for this long. If it connects later, it needs a free seat. */
const OFFER_MS = 3000;

type Entry = {
  readonly camera: CameraId;
  readonly quality: Quality;
  readonly stream: Stream;
  watches: number;
  running: { abort: AbortController; runner: SourceRunner; done: Promise<void> } | undefined;
  cancelLinger: (() => void) | undefined;
};

/** Connects cameras and viewers. A source runs while somebody watches and a little longer. */
export class Hub extends GuardedEmitter<HubEvents> {
  /** The sound codecs that the outputs can convert for viewers who need that. */
  readonly convertibleSound = new Set<AudioCodec>();
  readonly #catalog: CameraCatalog;
  readonly #clock: Clock;
  readonly #limits: HubLimits;
  readonly #entries = new Map<string, Entry>();
  readonly #viewers = new Map<ViewerId, { viewer: Viewer; watch: Watch }>();
  readonly #endedViews = new EndedViews();
  readonly #linkSeats: LinkSeats;
  readonly #life: ViewerLife;
  /** The time from which each camera's next attempt may be requested again. */
  readonly #retryAgainMs = new Map<CameraId, number>();
  /** Viewers whose offers have not connected in time. They hold no seat. */
  readonly #late = new Set<Viewer>();
  #stopping = false;

  constructor(catalog: CameraCatalog, clock: Clock, limits: HubLimits) {
    super();
    this.#catalog = catalog;
    this.#clock = clock;
    this.#limits = limits;
    this.#linkSeats = new LinkSeats(clock);
    this.#life = new ViewerLife(
      clock,
      () => this.viewers(),
      (viewer, reason) => this.endViewers(({ id }) => id === viewer.id, reason),
    );
  }

  /**
   * Throws the reason why the right has ended, `camera-not-found`, `view-ended`, `too-many-viewers` or `stopping`. A camera that
   * is down can be watched too. The end of the right ends the viewer.
   */
  watch(camera: CameraId, wanted: Quality, description: ViewerDescription): Watch {
    if (this.#stopping) throw new GatewayError('stopping', 'The gateway is stopping.');
    description.right.require();
    if (!this.#catalog.has(camera)) throw new GatewayError('camera-not-found', `There is no camera ${camera}.`);
    this.requireWelcome(camera, description);
    this.#findSeat(camera, description);
    const quality = wanted === 'sub' && !this.#catalog.hasSubstream(camera) ? 'main' : wanted;
    const entry = this.#entry(camera, quality);
    const viewer: Viewer = Object.assign(Object.create(description) as ViewerDescription, {
      id: randomUUID() as ViewerId,
      camera,
      quality,
      sinceMs: this.#clock.wallMs(),
    });
    const watch = this.#openWatch(entry, viewer);
    this.#viewers.set(viewer.id, { viewer, watch });
    this.#life.came(viewer);
    entry.watches++;
    this.#start(entry);
    this.emit('viewer-came', viewer);
    return watch;
  }

  /** The stream if it was ever watched; reading it does not start anything. */
  stream(camera: CameraId, quality: Quality): Stream | undefined {
    return this.#entries.get(`${camera}/${quality}`)?.stream;
  }

  streams(): readonly Stream[] {
    return [...this.#entries.values()].map((entry) => entry.stream);
  }

  viewers(): readonly Viewer[] {
    return [...this.#viewers.values()].map(({ viewer }) => viewer);
  }

  /** How many sources are connected or trying to connect. */
  get runningSources(): number {
    let count = 0;
    for (const entry of this.#entries.values()) if (entry.running) count++;
    return count;
  }

  /** Ends one view, and refuses its player for a while. */
  kick(viewer: Viewer): void {
    const reason = this.#endedViews.end(viewer, viewer.camera, this.#clock.nowUs() / 1000);
    this.endViewers(({ id }) => id === viewer.id, reason);
  }

  /** Throws `view-ended` when somebody ended the view of this player a moment ago. */
  requireWelcome(camera: CameraId, who: Pick<Viewer, 'right' | 'visit' | 'address'>): void {
    const refusal = this.#endedViews.refusal(who, camera, this.#clock.nowUs() / 1000);
    if (refusal) throw refusal;
  }

  /** Throws `view-ended` and `too-many-viewers`, for stills without watching, because they take a seat of a link too. */
  requireStill(camera: CameraId, who: Pick<Viewer, 'right' | 'visit' | 'address' | 'maxViewers'>): void {
    who.right.require();
    this.requireWelcome(camera, who);
    this.#linkSeats.takeStill(who, () => this.#seated());
  }

  /** Ends every viewer that `matches`. Returns how many there were. */
  endViewers(matches: (viewer: Viewer) => boolean, reason: GatewayError): number {
    const found = [...this.#viewers.values()].filter(({ viewer }) => matches(viewer));
    for (const { viewer, watch } of found) {
      watch.close();
      viewer.end(reason);
    }
    return found.length;
  }

  /**
   * A guest cannot make the gateway repeat a wrong password, and however many people ask, a camera is tried once in
   * `RETRY_EVERY_MS`. An editor may just have saved the settings, so an editor's request is always granted.
   */
  retryNow(camera: CameraId, asks: 'guest' | 'household' | 'editor'): void {
    if (asks === 'editor') this.#retryAgainMs.delete(camera);
    this.#retry(camera, asks === 'guest' ? 'viewer-came' : 'person-asked');
  }

  /** The camera's settings changed: its source starts anew, its viewers stay. */
  async restartCamera(camera: CameraId): Promise<void> {
    this.#retryAgainMs.delete(camera);
    for (const entry of [...this.#entries.values()].filter((e) => e.camera === camera)) {
      await this.#stop(entry);
      entry.stream.forgetPicture();
      if (entry.watches > 0) this.#start(entry);
    }
  }

  /** The camera is gone: its viewers are told and ended. */
  async removeCamera(camera: CameraId): Promise<void> {
    const reason = new GatewayError('camera-not-found', `Camera ${camera} was removed.`);
    this.endViewers((viewer) => viewer.camera === camera, reason);
    for (const [key, entry] of [...this.#entries]) {
      if (entry.camera !== camera) continue;
      this.#entries.delete(key);
      this.#retryAgainMs.delete(camera);
      entry.stream.end(reason);
      await this.#stop(entry);
    }
  }

  /** Ends every viewer, then every source. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const reason = new GatewayError('stopping', 'The gateway is stopping.');
    this.endViewers(() => true, reason);
    await Promise.all([...this.#entries.values()].map((entry) => this.#stop(entry)));
    for (const entry of this.#entries.values()) entry.stream.end(reason);
    this.#entries.clear();
  }

  #entry(camera: CameraId, quality: Quality): Entry {
    const key = `${camera}/${quality}`;
    const known = this.#entries.get(key);
    if (known) return known;
    const stream: Stream = new Stream(key, this.#clock, () => knockAt(this.#entries.get(key)?.running));
    stream.onState((state) => this.emit('stream-state', camera, quality, state));
    const entry: Entry = { camera, quality, stream, watches: 0, running: undefined, cancelLinger: undefined };
    this.#entries.set(key, entry);
    return entry;
  }

  /** Throws `too-many-viewers`. */
  #findSeat(camera: CameraId, description: ViewerDescription): void {
    const { right, visit, address, maxViewers } = description;
    const newcomer = {
      right,
      camera,
      ...(visit === undefined ? {} : { visit }),
      ...(address === undefined ? {} : { address }),
      ...(maxViewers === undefined ? {} : { maxViewers }),
    };
    // A viewer takes at most one seat, so people need not be counted while there are fewer viewers than seats.
    const mightBeFull = right.kind === 'link' || this.#viewers.size >= this.#limits.maxViewers;
    if (mightBeFull) requireSeat(this.#seated(), newcomer, this.#limits.maxViewers);
    this.#linkSeats.require(description, () => this.#seated());
  }

  #seated(): readonly Viewer[] {
    return this.#late.size === 0 ? this.viewers() : this.viewers().filter((viewer) => !this.#late.has(viewer));
  }

  #openWatch(entry: Entry, viewer: Viewer): Watch {
    const subscriptions = new Set<Subscription>();
    let open = true;
    let leaveRight = (): void => {};
    const end = (reason: GatewayError) => this.endViewers(({ id }) => id === viewer.id, reason);
    const leaveSeat = this.#linkSeats.sit(viewer, () => this.#seated(), end);
    const cancelOffer = viewer.isOffer ? this.#clock.after(OFFER_MS, () => this.#late.add(viewer)) : undefined;
    const watch: Watch = {
      viewer,
      stream: entry.stream,
      subscribe: (consumer, options) => {
        const subscription = entry.stream.subscribe(consumer, options);
        if (open) subscriptions.add(subscription);
        else subscription.close();
        return subscription;
      },
      connected: () => {
        cancelOffer?.();
        if (!this.#late.has(viewer)) return;
        try {
          this.#findSeat(viewer.camera, viewer);
          this.#late.delete(viewer);
        } catch (error) {
          end(error as GatewayError);
        }
      },
      close: () => {
        if (!open) return;
        open = false;
        cancelOffer?.();
        this.#late.delete(viewer);
        leaveRight();
        leaveSeat();
        for (const subscription of subscriptions) subscription.close();
        this.#viewers.delete(viewer.id);
        if (this.#viewers.size === 0) this.#life.stop();
        this.#release(entry);
        this.emit('viewer-left', viewer);
      },
    };
    leaveRight = viewer.right.onEnd((reason) => {
      watch.close();
      viewer.end(reason);
    });
    return watch;
  }

  #start(entry: Entry): void {
    entry.cancelLinger?.();
    entry.cancelLinger = undefined;
    if (entry.running) {
      this.#retry(entry.camera, 'viewer-came');
      return;
    }
    const abort = new AbortController();
    const runner = this.#catalog.createRunner(entry.camera, entry.quality);
    const done = runner.run(entry.stream.sink, abort.signal);
    entry.running = { abort, runner, done };
  }

  #retry(camera: CameraId, because: 'viewer-came' | 'person-asked'): void {
    const running = [...this.#entries.values()].filter((entry) => entry.camera === camera && entry.running);
    const nowMs = this.#clock.nowUs() / 1000;
    if (running.length === 0 || nowMs < (this.#retryAgainMs.get(camera) ?? 0)) return;
    // A request that had no effect, because the camera waits for a person, must not delay that person's request.
    const isTried = running.map((entry) => entry.running?.runner.retryNow(because)).includes(true);
    if (isTried) this.#retryAgainMs.set(camera, nowMs + RETRY_EVERY_MS);
  }

  #release(entry: Entry): void {
    entry.watches--;
    if (entry.watches > 0 || !entry.running) return;
    const isAway = entry.stream.state.phase === 'offline';
    const lingerMs = isAway ? Math.max(this.#limits.lingerMs, AWAY_LINGER_MS) : this.#limits.lingerMs;
    entry.cancelLinger = this.#clock.after(lingerMs, () => void this.#stop(entry));
  }

  async #stop(entry: Entry): Promise<void> {
    entry.cancelLinger?.();
    entry.cancelLinger = undefined;
    const running = entry.running;
    if (!running) return;
    running.abort.abort();
    await running.done;
    if (entry.running !== running) return;
    entry.running = undefined;
    entry.stream.rest();
    if (entry.watches > 0 && !this.#stopping) this.#start(entry);
  }
}

/** Whether something listens at the camera's address. */
function knockAt(running: Entry['running']): Promise<boolean> | undefined {
  return running?.runner.knock?.(running.abort.signal).then(
    () => true,
    () => false,
  );
}
