import { randomInt } from 'node:crypto';
import type { ReplayPace } from '../../../media/catch-up/replay-pace.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { PacketizedUnit, PayloadHistory } from './payload-history.ts';
import type { Retransmission } from './retransmission.ts';
import type { RtpSender } from './rtp-sender.ts';
import type { SendClock } from './send-clock.ts';

const VIDEO_CLOCK_RATE = 90_000;
/** Replayed pictures are at least half a millisecond apart, because browsers treat equal timestamps as one picture. */
const LEAST_STEP = 45;
/**
 * The last bit of a picture's RTP time (11 microseconds) tells the player that the picture is old: it was sent to this viewer
 * before, or the camera made it too long ago. Without it, a browser that asks again for a picture that it has would treat the
 * answer as a sign that the camera is live.
 */
const OLD_BIT = 1;
/** A viewer who asks for key frames more often than this gets the one that was already sent. */
const REPLAY_AGAIN_AFTER_MS = 500;
/** A loss this short a time before the last picture may have damaged it. */
const LOSS_BEFORE_MS = 2000;

export type VideoSenderParts = {
  readonly history: PayloadHistory;
  readonly sender: RtpSender;
  readonly retransmission: Retransmission;
  readonly sendClock: SendClock;
  readonly pace: ReplayPace;
  readonly clock: Clock;
  /** A picture older than this does not show that the camera is still sending. */
  readonly silenceLimitMs: () => number;
};

/**
 * One viewer's video. A new viewer gets the present group of pictures from its key frame on, each picture stamped with the time
 * when it is sent (any other stamp makes the browser's jitter buffer late for ever), and then live pictures as they come.
 */
export class VideoSender {
  skippedFrames = 0;
  /** The age of the last live picture when it was sent. */
  pictureAgeUs: number | undefined;
  readonly #parts: VideoSenderParts;
  readonly #offset = randomInt(2 ** 32);
  /** `waiting` means waiting for the next key frame. While `replaying`, `#nextIndex` is the unit to send next. */
  #state: 'closed' | 'waiting' | 'replaying' | 'live' = 'closed';
  #nextIndex = 0;
  /** Where the replay stops to wait for the next key frame, after a still picture. */
  #stopIndex = Number.POSITIVE_INFINITY;
  #lastTimestamp: number | undefined;
  #newestIndex = Number.NEGATIVE_INFINITY;
  #sentAtMs = 0;
  #receivedUpTo: number | undefined;
  #lostAtMs = Number.NEGATIVE_INFINITY;
  #replayedAtMs = Number.NEGATIVE_INFINITY;
  #cancelReplay: (() => void) | undefined;

  constructor(parts: VideoSenderParts) {
    this.#parts = parts;
  }

  get sender(): RtpSender {
    return this.#parts.sender;
  }

  /** Must be called when the connection is established. Sends the first picture now, if there is one. */
  start(): void {
    this.#state = 'waiting';
    this.#replay();
  }

  close(): void {
    this.#endReplay('closed');
  }

  /** The next unit of the camera, already in the history. */
  take(unit: PacketizedUnit): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'replaying') {
      // The rest of the old group is useless once a new one begins.
      if (!unit.keyframe) return;
      this.skippedFrames += unit.index - this.#nextIndex;
    } else if (this.#state === 'waiting' && !unit.keyframe) {
      this.skippedFrames++;
      return;
    }
    this.#endReplay('live');
    this.#sendLive(unit);
    this.pictureAgeUs = this.#parts.clock.nowUs() - unit.receivedUs;
  }

  /** The viewer cannot decode (PLI). Cameras can rarely be asked, so it gets the cached group again. */
  requestKeyframe(): void {
    if (this.#state === 'closed' || this.#state === 'replaying' || this.#showsAllThereIs) return;
    if (this.#nowMs() - this.#replayedAtMs >= REPLAY_AGAIN_AFTER_MS) this.#replay();
  }

  /** The viewer reports up to which packet it has received. */
  takeReport(highestSequence: number): void {
    this.#receivedUpTo = highestSequence & 0xffff;
  }

  takeNack(lost: readonly number[]): void {
    if (this.#state === 'closed') return;
    this.#lostAtMs = this.#nowMs();
    if (this.#state === 'replaying') this.#parts.pace.lost(this.#nowMs());
    this.#parts.retransmission.take(lost, this.#nowMs());
  }

  timestampNow(nowUs: number): number {
    return this.#parts.sendClock.ofNow(nowUs, VIDEO_CLOCK_RATE, this.#offset);
  }

  #replay(): void {
    const { history, pace } = this.#parts;
    const first = history.group[0];
    if (!first) return;
    this.#replayedAtMs = this.#nowMs();
    const isWhole = pace.begins(this, history, this.#parts.clock.nowUs());
    this.#state = 'replaying';
    this.#nextIndex = first.index;
    // Sends only a still picture when the next key frame would come before the end of a replay.
    this.#stopIndex = isWhole ? Number.POSITIVE_INFINITY : first.index + 1;
    this.#replayOn();
  }

  /** Sends what the pace allows now and continues later. Meanwhile live units are added to the end of the group. */
  #replayOn(): void {
    const { history, pace, clock } = this.#parts;
    this.#cancelReplay = undefined;
    while (this.#isReplaying) {
      const unit = this.#nextIndex < this.#stopIndex ? history.unitAt(this.#nextIndex) : undefined;
      if (!unit) {
        this.#endReplay(this.#isAtLiveEdge ? 'live' : 'waiting');
        return;
      }
      const waitMs = pace.waitMs(unit.bytes, this.#nowMs());
      if (waitMs === 0) this.#sendNextOld();
      else {
        this.#cancelReplay = clock.after(waitMs, () => {
          this.#sendNextOld();
          this.#replayOn();
        });
        return;
      }
    }
  }

  #sendNextOld(): void {
    const unit = this.#parts.history.unitAt(this.#nextIndex);
    if (!unit) return;
    this.#nextIndex++;
    this.#sendOld(unit);
  }

  #endReplay(state: 'closed' | 'live' | 'waiting'): void {
    this.#state = state;
    this.#cancelReplay?.();
    this.#cancelReplay = undefined;
    this.#parts.pace.ends(this);
  }

  #sendLive(unit: PacketizedUnit): void {
    const { sendClock } = this.#parts;
    const last = this.#lastTimestamp;
    const wanted = sendClock.ofUnit(unit.ptsUs, VIDEO_CLOCK_RATE, this.#offset);
    const missing = last === undefined ? 0 : (last + LEAST_STEP - wanted) | 0;
    if (missing > 0) sendClock.delay((missing / VIDEO_CLOCK_RATE) * 1_000_000);
    this.#send(unit, missing > 0 ? ((last as number) + LEAST_STEP) >>> 0 : wanted);
  }

  #sendOld(unit: PacketizedUnit): void {
    const last = this.#lastTimestamp;
    const now = this.timestampNow(this.#parts.clock.nowUs());
    const isLater = last === undefined || ((now - last - LEAST_STEP) | 0) >= 0;
    this.#send(unit, isLater ? now : (last + LEAST_STEP) >>> 0);
  }

  #isNews(unit: PacketizedUnit): boolean {
    const ageMs = (this.#parts.clock.nowUs() - unit.receivedUs) / 1000;
    return unit.index > this.#newestIndex && ageMs <= this.#parts.silenceLimitMs();
  }

  #send(unit: PacketizedUnit, time: number): void {
    const { sender, retransmission, history } = this.#parts;
    const timestamp = this.#isNews(unit) ? (time & ~OLD_BIT) >>> 0 : (time | OLD_BIT) >>> 0;
    this.#newestIndex = Math.max(this.#newestIndex, unit.index);
    this.#lastTimestamp = timestamp;
    this.#sentAtMs = this.#nowMs();
    retransmission.remember(unit, timestamp);
    // Sending may discover that the viewer is gone and close this sender.
    if (sender.sendUnit(history, unit, timestamp) === 'sent' || this.#isClosed) return;
    this.#endReplay('waiting');
    this.skippedFrames++;
  }

  get #isReplaying(): boolean {
    return this.#state === 'replaying';
  }

  get #isAtLiveEdge(): boolean {
    return this.#nextIndex < this.#stopIndex && this.#parts.history.group.length > 0;
  }

  get #isClosed(): boolean {
    return this.#state === 'closed';
  }

  /**
   * True when the camera is silent and the viewer received everything without a loss. Browsers still ask for a key frame when no
   * pictures come, and an answer would only repeat old pictures.
   */
  get #showsAllThereIs(): boolean {
    const silentMs = this.#nowMs() - this.#sentAtMs;
    const lastSequence = (this.#parts.sender.sequenceNumber + 0xffff) & 0xffff;
    const wasWhole = this.#lostAtMs < this.#sentAtMs - LOSS_BEFORE_MS;
    return silentMs > this.#parts.silenceLimitMs() && wasWhole && this.#receivedUpTo === lastSequence;
  }

  #nowMs(): number {
    return this.#parts.clock.nowUs() / 1000;
  }
}
