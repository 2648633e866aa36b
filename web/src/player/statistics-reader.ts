import type { StreamState } from '../../../shared/camera.ts';
import type { OpenAttempt } from './decision/open-attempt.ts';
import type { PlayerState } from './decision/player-state.ts';
import { buildWaterfall, SIGN_IN_MEASURE } from './decision/waterfall.ts';
import type { PlayerStatistics, TransportStatistics } from './statistics.ts';

type Sample = { readonly attempt: number; readonly atMs: number; readonly bytes: number; readonly frames: number };

/** Rates are means over at least this time. */
const MIN_INTERVAL_MS = 400;
const NOTHING_SHOWN = 0;

/** Turns what transports count into what people read: rates, ages and the waterfall of the start. */
export class StatisticsReader {
  #startedAtMs = performance.now();
  #sourceFromMs: number | undefined;
  #sourceToMs: number | undefined;
  #sample: Sample | undefined;
  #rates = { fps: 0, bitrateKbps: 0 };

  begin(): void {
    this.#startedAtMs = performance.now();
    this.#sourceFromMs = undefined;
    this.#sourceToMs = undefined;
  }

  /** The first time that the gateway had to get the stream is part of the waterfall. */
  streamChanged(stream: StreamState | undefined): void {
    if (stream?.phase === 'starting') this.#sourceFromMs ??= performance.now();
    if (stream?.phase === 'live' && this.#sourceFromMs !== undefined) this.#sourceToMs ??= performance.now();
  }

  async read(state: PlayerState, video: HTMLVideoElement, open: OpenAttempt | undefined): Promise<PlayerStatistics> {
    const transport = open ? await open.statistics() : { milestones: {}, bytesReceived: 0 };
    const frames = open?.frames.frames ?? 0;
    this.#measure(state.shown?.id ?? NOTHING_SHOWN, transport.bytesReceived, frames);
    return {
      ...transport,
      ...this.#rates,
      transport: state.shown?.transport,
      width: video.videoWidth,
      height: video.videoHeight,
      pictureAgeMs: open && pictureAgeMs(open, transport),
      framesShown: frames,
      switches: state.switches,
      waterfall: buildWaterfall({
        startedAtMs: this.#startedAtMs,
        signIn: performance.getEntriesByName(SIGN_IN_MEASURE).at(-1),
        sourceFromMs: this.#sourceFromMs,
        sourceToMs: this.#sourceToMs,
        milestones: transport.milestones,
      }),
    };
  }

  #measure(attempt: number, bytes: number, frames: number): void {
    const sample: Sample = { attempt, atMs: performance.now(), bytes, frames };
    const before = this.#sample;
    if (before?.attempt !== attempt) {
      this.#sample = sample;
      // The transport changed while the picture went on: the old rates are shown until the new transport has been measured.
      if (attempt === NOTHING_SHOWN) this.#rates = { fps: 0, bitrateKbps: 0 };
      return;
    }
    const elapsedMs = sample.atMs - before.atMs;
    if (elapsedMs < MIN_INTERVAL_MS) return;
    this.#sample = sample;
    this.#rates = {
      fps: ((frames - before.frames) * 1000) / elapsedMs,
      bitrateKbps: ((bytes - before.bytes) * 8) / elapsedMs,
    };
  }
}

/** Time since the newest picture, and what it had waited before: in this browser's buffer, or since its capture. */
function pictureAgeMs(open: OpenAttempt, { bufferedMs, jitterBufferMs }: TransportStatistics): number {
  const { lastAtMs, capturedAtMs, receivedAtMs } = open.frames;
  const shownForMs = performance.now() - lastAtMs;
  if (bufferedMs !== undefined) return shownForMs + Math.max(bufferedMs, 0);
  const before = capturedAtMs ?? receivedAtMs;
  return shownForMs + (before === undefined ? (jitterBufferMs ?? 0) : Math.max(lastAtMs - before, 0));
}
