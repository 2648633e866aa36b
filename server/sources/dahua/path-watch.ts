import type { Clock } from '../../platform/clock.ts';
import type { DevicePath } from './device-path.ts';
import type { SessionTimings } from './session-timings.ts';

export type PathHealth = 'good' | 'suspect' | 'dead';

/** Keeps one path alive and judges it: heartbeats, questions after silence, knocking where it fell silent. */
export class PathWatch {
  readonly path: DevicePath;
  readonly #clock: Clock;
  readonly #timings: SessionTimings;
  #lastBeatUs: number;
  #health: PathHealth = 'good';
  /** A realm got no answer here although the path lives. */
  isBarren = false;

  constructor(path: DevicePath, clock: Clock, timings: SessionTimings) {
    this.path = path;
    this.#clock = clock;
    this.#timings = timings;
    this.#lastBeatUs = clock.nowUs();
  }

  get health(): PathHealth {
    return this.#health;
  }

  get isWorn(): boolean {
    return this.path.tunnel.carriedBytes > this.#timings.renewAfterBytes;
  }

  tick(isLast: boolean): void {
    const { tunnel } = this.path;
    const { silentMs } = tunnel;
    const isUsed = tunnel.realms.size > 0;
    const { heartbeatMs, probeAfterMs, suspectAfterMs, idleSuspectAfterMs, deadAfterMs, lastDeadAfterMs } =
      this.#timings;
    const isDoubted = silentMs >= (isUsed ? suspectAfterMs : idleSuspectAfterMs);
    if (tunnel.isClosed || silentMs >= (isLast ? lastDeadAfterMs : deadAfterMs)) this.#health = 'dead';
    else this.#health = isDoubted || this.isBarren ? 'suspect' : 'good';
    const sinceBeatMs = (this.#clock.nowUs() - this.#lastBeatUs) / 1000;
    if (sinceBeatMs >= heartbeatMs || (isUsed && silentMs >= probeAfterMs && sinceBeatMs >= probeAfterMs)) this.#beat();
    if (isDoubted) this.path.revive();
  }

  #beat(): void {
    this.#lastBeatUs = this.#clock.nowUs();
    this.path.tunnel.send({ type: 'heartbeat' });
  }
}
