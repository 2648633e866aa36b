import type { StreamState } from '../../../shared/camera.ts';
import type { PlayerEvent } from './decision/player-event.ts';
import {
  type Attempt,
  initialState,
  type Loss,
  type PlayerState,
  type TransportName,
} from './decision/player-state.ts';
import { next } from './decision/player-transition.ts';

/** How a transport behaves at the moment: after how many ms it connects and shows, or how it fails. */
export type Behaviour = {
  readonly connectMs?: number;
  readonly frameMs?: number;
  readonly loss?: Loss;
  readonly lossMs?: number;
};

type Opened = { readonly behaviour: Behaviour; readonly atMs: number; connected: boolean; ended: boolean };
type Unstamped = PlayerEvent extends infer E ? (E extends PlayerEvent ? Omit<E, 'nowMs'> : never) : never;

const STEP_MS = 50;
const LIVE: StreamState = { phase: 'live', sinceMs: 0 };
export const GOOD: Behaviour = { connectMs: 150, frameMs: 250 };
export const SILENT: Behaviour = {};

/** A network, a gateway and a camera in simulated time: runs the state machine as the driver would. */
export class PlayerWorld {
  state: PlayerState = initialState('main');
  nowMs = 1000;
  frames = true;
  bytes = true;
  readonly network: Record<TransportName, Behaviour> = { webrtc: GOOD, mp4: GOOD, hls: GOOD };
  /** Every picture that came on the screen, such as `webrtc/main`. */
  readonly shown: string[] = [];
  maxOpen = 0;
  opened = 0;
  readonly #attempts = new Map<number, Opened>();
  #said: { readonly stream: StreamState | undefined; readonly reachable: boolean } = { stream: LIVE, reachable: true };
  #frameAtMs = 0;
  #bytesAtMs = 0;

  start(stream: StreamState | undefined = LIVE): this {
    this.send({ type: 'start' });
    this.facts(stream);
    return this;
  }

  send(event: Unstamped): void {
    const before = this.state.shown?.id;
    this.state = next(this.state, { ...event, nowMs: this.nowMs } as PlayerEvent);
    const shown = this.state.shown;
    if (shown && shown.id !== before) {
      this.shown.push(`${shown.transport}/${shown.quality}`);
      this.#frameAtMs = this.nowMs;
      this.#bytesAtMs = this.nowMs;
    }
    const open = [...this.state.trying, ...(shown ? [shown] : [])];
    this.maxOpen = Math.max(this.maxOpen, open.length);
    for (const attempt of open) this.#open(attempt);
  }

  run(ms: number): this {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; ) {
      this.nowMs += STEP_MS;
      for (const attempt of [...this.state.trying, ...(this.state.shown ? [this.state.shown] : [])])
        this.#advance(attempt);
      if (this.state.shown && this.frames) this.#frameAtMs = this.nowMs;
      if (this.state.shown && this.bytes) this.#bytesAtMs = this.nowMs;
      this.#look();
      this.#ask();
    }
    return this;
  }

  facts(stream: StreamState | undefined, reachable = true): void {
    this.#said = { stream, reachable };
    this.send({ type: 'facts', reachable, stream });
  }

  #look(): void {
    const bytesAgeMs = this.nowMs - this.#bytesAtMs;
    this.send({
      type: 'tick',
      newsAtMs: this.state.shown ? this.#frameAtMs : undefined,
      isMarked: this.state.shown?.transport === 'webrtc',
      ownLimitMs: 1000,
      bytes: bytesAgeMs < 700 ? 'arrive' : 'stay-out',
      unansweredMs: 0,
      isOnline: true,
    });
  }

  /** Tells the player the true state of the camera, if the gateway can be reached. */
  #ask(): void {
    const { stream, reachable } = this.#said;
    if (!this.state.frozen || !reachable) return;
    const isLive = stream?.phase === 'live';
    const now = isLive ? { ...stream, pictureAgeMs: 40, silenceLimitMs: 1000 } : stream;
    this.send({ type: 'facts', reachable, stream: now, askedAtMs: this.nowMs });
  }

  /** The picture on the screen ends with this loss. */
  loseShown(loss: Loss = { kind: 'broken', why: 'connection' }): void {
    if (this.state.shown) this.send({ type: 'lost', id: this.state.shown.id, loss });
  }

  #open(attempt: Attempt): void {
    if (this.#attempts.has(attempt.id)) return;
    this.opened++;
    this.#attempts.set(attempt.id, {
      behaviour: this.network[attempt.transport],
      atMs: this.nowMs,
      connected: false,
      ended: false,
    });
  }

  #advance(attempt: Attempt): void {
    const opened = this.#attempts.get(attempt.id);
    if (!opened || opened.ended || attempt.shownAtMs !== undefined) return;
    const { behaviour } = opened;
    const ageMs = this.nowMs - opened.atMs;
    if (!opened.connected && ageMs >= (behaviour.connectMs ?? Infinity)) {
      opened.connected = true;
      this.send({ type: 'connected', id: attempt.id });
    }
    const cameraSends = this.state.stream?.phase === 'live' && this.frames;
    if (cameraSends && ageMs >= (behaviour.frameMs ?? Infinity)) this.send({ type: 'first-frame', id: attempt.id });
    else if (behaviour.loss && ageMs >= (behaviour.lossMs ?? 0)) {
      opened.ended = true;
      this.send({ type: 'lost', id: attempt.id, loss: behaviour.loss });
    }
  }
}
