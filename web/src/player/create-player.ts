import type { CameraView, Quality } from '../../../shared/camera.ts';
import type { CameraFacts } from '../gateway/camera-store.ts';
import { newVisit } from '../gateway/visit.ts';
import {
  type AudioTrack,
  silentTransports,
  thisBrowser,
  unsupportedPaths,
  type VideoTrack,
} from './decision/browser-codecs.ts';
import { limitOf } from './decision/freeze.ts';
import { OpenAttempt } from './decision/open-attempt.ts';
import type { PlayerEvent } from './decision/player-event.ts';
import { type Attempt, initialState, isSilent, type PlayerState } from './decision/player-state.ts';
import { next } from './decision/player-transition.ts';
import { fittingQuality, shownWidthPx, watchFittingQuality } from './decision/stream-quality.ts';
import type { Player, PlayerOptions } from './player.ts';
import { takeSnapshot } from './snapshot.ts';
import type { PlayerStatistics } from './statistics.ts';
import { StatisticsReader } from './statistics-reader.ts';
import type { Talk } from './talk/talk.ts';
import { VideoStage } from './video-stage.ts';

const TICK_MS = 150;
/** When a tick is later than this, the page gets too little processor time. */
const NOTEWORTHY_LATE_MS = 50;
/** A picture that is late by this part of what its camera may take is looked into. */
const SUSPICIOUS_PART = 0.5;
/** While a picture stands the gateway is asked so often; the longer it stands, the more seldom. */
const ASK_EVERY_MS = { least: 350, most: 2000 };
const ASK_AGAIN_PART = 0.2;
/** When no timer ran for this long in a visible page, the machine was asleep. */
const SLEPT_MS = 5000;

type Unstamped = PlayerEvent extends infer E ? (E extends PlayerEvent ? Omit<E, 'nowMs'> : never) : never;

export function createPlayer(options: PlayerOptions): Player {
  return new PlayerDriver(options);
}

/** The driver of the state machine: does what it decides, and tells it what happens. */
class PlayerDriver implements Player {
  readonly #options: PlayerOptions;
  readonly #stage: VideoStage;
  readonly #listeners = new Set<(state: PlayerState) => void>();
  readonly #open = new Map<number, OpenAttempt>();
  readonly #events: PlayerEvent[] = [];
  readonly #life = new AbortController();
  readonly #statistics = new StatisticsReader();
  readonly #browser = thisBrowser();
  #state: PlayerState;
  #isHandling = false;
  #muted: boolean;
  #view: CameraView | undefined;
  #codecKey = '';
  #wanted: Quality;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #tickedAtMs = 0;
  /** When the gateway was asked the question that still waits for its answer. */
  #askedAtMs: number | undefined;
  #askAgainAtMs = 0;
  #unfollow: (() => void) | undefined;
  #unfit: (() => void) | undefined;
  #talk: Talk | undefined;
  #visit = newVisit();

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#stage = new VideoStage(options.video);
    this.#muted = options.muted ?? true;
    this.#wanted = options.quality === 'auto' ? fittingQuality(shownWidthPx(options.video), 'sub') : options.quality;
    this.#state = { ...initialState(this.#wanted), visible: !document.hidden };
    this.#listenToPage();
    this.#wantSound();
    this.setQuality(options.quality);
    this.#judgeCodec(undefined);
  }

  get state(): PlayerState {
    return this.#state;
  }

  get view(): CameraView | undefined {
    return this.#view;
  }

  get muted(): boolean {
    return this.#muted;
  }

  get hasAudio(): boolean | undefined {
    return this.#view && this.#view.tracks.length > 0
      ? this.#view.tracks.some(({ kind }) => kind === 'audio')
      : undefined;
  }

  /** Then the sound is fetched even while it is muted: it is all there is. */
  get #isSoundOnly(): boolean {
    const kinds = this.#view?.tracks.map(({ kind }) => kind) ?? [];
    return kinds.includes('audio') && !kinds.includes('video');
  }

  get isSilent(): boolean {
    return isSilent(this.#state);
  }

  get video(): HTMLVideoElement {
    return this.#stage.shown;
  }

  subscribe(listener: (state: PlayerState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    if (this.#state.running || this.#life.signal.aborted) return;
    this.#statistics.begin();
    this.#send({ type: 'start' });
    this.#tickedAtMs = performance.now();
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    this.#unfollow = this.#options.signalling.follow(this.#options.camera, (facts) => this.#learn(facts));
  }

  stop(): void {
    clearInterval(this.#ticker);
    this.#unfollow?.();
    this.#unfollow = undefined;
    this.#send({ type: 'stop' });
  }

  retry(): void {
    this.#visit = newVisit();
    this.#options.signalling.retry?.(this.#options.camera);
    this.#send({ type: 'retry' });
  }

  setQuality(quality: Quality | 'auto'): void {
    this.#unfit?.();
    this.#unfit = undefined;
    if (quality !== 'auto') this.#want(quality);
    else this.#unfit = watchFittingQuality(this.#options.video, (fitting) => this.#want(fitting));
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    this.#wantSound();
    this.#applySound();
    this.#tell();
  }

  snapshot(): Promise<Blob> {
    return takeSnapshot(this.#stage.shown);
  }

  statistics(): Promise<PlayerStatistics> {
    return this.#statistics.read(this.#state, this.#stage.shown, this.#shownAttempt());
  }

  async talk(on: boolean, talkEnded?: (why: string) => void): Promise<void> {
    this.#talk?.close();
    this.#talk = undefined;
    if (!on) return;
    const { openTalk } = await import('./talk/talk.ts');
    const talk = await openTalk(this.#options.signalling, this.#options.camera, talkEnded ?? (() => undefined));
    if (this.#life.signal.aborted) talk.close();
    else this.#talk = talk;
  }

  destroy(): void {
    if (this.#life.signal.aborted) return;
    this.stop();
    this.#life.abort();
    this.#unfit?.();
    this.#talk?.close();
    this.#stage.clear();
    this.#listeners.clear();
  }

  #want(quality: Quality): void {
    this.#wanted = quality;
    // A camera with one stream serves it for both.
    const isOther = quality !== this.#state.quality && this.#view?.hasSubstream !== false;
    if (isOther) this.#send({ type: 'quality', quality });
  }

  #wantSound(): void {
    const wanted = (!this.#muted || this.#isSoundOnly) && this.hasAudio !== false;
    if (wanted !== this.#state.sound) this.#send({ type: 'sound', wanted });
  }

  #learn({ reachable, view }: CameraFacts, askedAtMs?: number): void {
    // A state that was only repeated says nothing about the present.
    const isRepeated = view === undefined || (view === this.#view && askedAtMs === undefined);
    if (view) this.#view = view;
    this.#want(this.#wanted);
    this.#wantSound();
    const stream = this.#view?.[this.#view.hasSubstream ? this.#state.quality : 'main'];
    this.#statistics.streamChanged(stream);
    this.#send({ type: 'facts', reachable, stream, askedAtMs, isRepeated });
    this.#judgeCodec(this.#view);
    this.#look();
  }

  /** Asks the browser again only when what the camera sends is new. */
  #judgeCodec(view: CameraView | undefined): void {
    const video = view?.tracks.find((track): track is VideoTrack => track.kind === 'video');
    const audio = view?.tracks.find((track): track is AudioTrack => track.kind === 'audio');
    const isSoundOnly = this.#isSoundOnly;
    const key = JSON.stringify([video, audio, view?.hasSubstream]);
    if (key === this.#codecKey) return;
    this.#codecKey = key;
    const qualities: Quality[] = video && view?.hasSubstream ? ['main'] : ['main', 'sub'];
    unsupportedPaths(video, qualities, this.#browser, isSoundOnly).then(
      (unsupported) => {
        const silent = silentTransports(audio, this.#browser);
        if (key === this.#codecKey) this.#send({ type: 'codec', unsupported, silent, isSoundOnly });
      },
      () => undefined,
    );
  }

  #send(event: Unstamped): void {
    this.#events.push({ ...event, nowMs: performance.now() } as PlayerEvent);
    if (this.#isHandling) return;
    this.#isHandling = true;
    const before = this.#state;
    for (let due = this.#events.shift(); due; due = this.#events.shift()) {
      this.#state = next(this.#state, due);
      this.#follow();
    }
    this.#isHandling = false;
    if (this.#state !== before) this.#tell();
  }

  /** Opens and closes transports until they are those of the state. */
  #follow(): void {
    const { shown, trying } = this.#state;
    const wanted = shown ? [shown, ...trying] : trying;
    for (const attempt of wanted) if (!this.#open.has(attempt.id)) this.#openAttempt(attempt);
    const video = this.#shownAttempt()?.video;
    if (video) {
      this.#stage.show(video);
      this.#applySound();
    }
    for (const [id, open] of this.#open) {
      if (wanted.some((attempt) => attempt.id === id)) continue;
      this.#open.delete(id);
      open.close();
      this.#stage.giveBack(open.video);
    }
  }

  #openAttempt(attempt: Attempt): void {
    const { camera, signalling, page, gateway, token } = this.#options;
    const { id } = attempt;
    const open = new OpenAttempt(attempt, {
      video: this.#stage.take(),
      camera,
      signalling,
      page,
      token,
      gateway: gateway ?? '',
      visit: this.#visit,
      isSoundOnly: () => this.#isSoundOnly,
      soundRefused: () => this.setMuted(true),
      connected: () => this.#send({ type: 'connected', id }),
      firstFrame: () => {
        this.#send({ type: 'first-frame', id });
        this.#look();
      },
      lost: (loss) => this.#send({ type: 'lost', id, loss }),
    });
    this.#open.set(id, open);
  }

  #shownAttempt(): OpenAttempt | undefined {
    return this.#state.shown ? this.#open.get(this.#state.shown.id) : undefined;
  }

  /** A browser may refuse to play with sound before the person touched the page: then it plays without. */
  #applySound(): void {
    const video = this.#stage.shown;
    if (video.muted === this.#muted) return;
    video.muted = this.#muted;
    if (this.#muted || !this.#shownAttempt()) return;
    video.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.setMuted(true);
    });
  }

  #tick(): void {
    const nowMs = performance.now();
    const sleptMs = nowMs - this.#tickedAtMs;
    this.#tickedAtMs = nowMs;
    for (const open of this.#open.values()) open.frames.poll();
    if (sleptMs > SLEPT_MS) this.#wakeUp();
    const lateMs = sleptMs - TICK_MS;
    this.#look(lateMs > NOTEWORTHY_LATE_MS ? lateMs : 0);
    this.#investigate();
    if (sleptMs > SLEPT_MS && !document.hidden) this.#send({ type: 'network-changed' });
  }

  /** Tells the state machine what is seen of the picture. */
  #look(lateMs = 0): void {
    const nowMs = performance.now();
    const shown = this.#shownAttempt();
    this.#send({
      type: 'tick',
      newsAtMs: shown?.frames.newsAtMs,
      isMarked: shown?.frames.isMarked ?? false,
      ownLimitMs: shown?.frames.limitMs,
      bytes: shown?.bytes(nowMs),
      unansweredMs: this.#askedAtMs === undefined ? 0 : nowMs - this.#askedAtMs,
      isOnline: navigator.onLine,
      lateMs,
    });
  }

  /** A picture that is late: what arrives here, and what does the gateway say? */
  #investigate(): void {
    const nowMs = performance.now();
    const { shown: way, frozen, isWaiting, report, running, visible } = this.#state;
    if (!running || !visible) return;
    const shown = this.#shownAttempt();
    const ownLimitMs = shown?.frames.limitMs;
    const stoodMs = nowMs - (shown?.frames.newsAtMs ?? way?.shownAtMs ?? nowMs);
    const isLate = shown !== undefined && stoodMs > SUSPICIOUS_PART * limitOf({ report, ownLimitMs });
    if (!isLate && !isWaiting && !frozen) return;
    shown?.measureBytes().catch(() => undefined);
    // A picture after a silence is worth a question at once.
    const isNews = frozen !== undefined && (shown?.frames.newsAtMs ?? 0) > (report?.asOfMs ?? nowMs);
    if (this.#askedAtMs !== undefined || (nowMs < this.#askAgainAtMs && !isNews)) return;
    const frozenMs = frozen ? nowMs - frozen.sinceMs : 0;
    this.#askAgainAtMs = nowMs + Math.min(Math.max(frozenMs * ASK_AGAIN_PART, ASK_EVERY_MS.least), ASK_EVERY_MS.most);
    void this.#ask(nowMs);
  }

  async #ask(askedAtMs: number): Promise<void> {
    this.#askedAtMs = askedAtMs;
    const facts = await this.#options.signalling.ask(this.#options.camera);
    this.#askedAtMs = undefined;
    if (this.#state.running) this.#learn(facts, askedAtMs);
  }

  #listenToPage(): void {
    const { signal } = this.#life;
    document.addEventListener('visibilitychange', () => this.#seePage(), { signal });
    addEventListener('online', () => this.#send({ type: 'network-changed' }), { signal });
    addEventListener('pageshow', ({ persisted }) => persisted && this.#send({ type: 'network-changed' }), { signal });
  }

  #seePage(): void {
    const shown = this.#shownAttempt();
    this.#tickedAtMs = performance.now();
    if (!document.hidden && shown?.video.paused) shown.video.play().catch(() => undefined);
    this.#wakeUp();
    this.#look();
    this.#investigate();
  }

  /** What was on the screen before is not known to be the present. */
  #wakeUp(): void {
    this.#shownAttempt()?.frames.interrupt();
    this.#send({ type: 'visibility', visible: !document.hidden });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.#state);
  }
}
