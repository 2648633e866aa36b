import type { CameraView } from '../../../shared/camera.ts';
import { initialState, type PlayerState } from '../player/decision/player-state.ts';
import type { Player } from '../player/player.ts';
import type { PlayerStatistics } from '../player/statistics.ts';

export const NO_STATISTICS: PlayerStatistics = {
  milestones: {},
  bytesReceived: 0,
  transport: undefined,
  width: 0,
  height: 0,
  fps: 0,
  bitrateKbps: 0,
  pictureAgeMs: undefined,
  framesShown: 0,
  switches: 0,
  waterfall: [],
};

/** A player that shows nothing and remembers what it was asked: for the furniture around a picture. */
export class StillPlayer implements Player {
  readonly asked: string[] = [];
  readonly video = document.createElement('video');
  state: PlayerState = initialState('main');
  view: CameraView | undefined;
  muted = true;
  hasAudio: boolean | undefined = true;
  isSilent = false;
  measured: PlayerStatistics = NO_STATISTICS;
  talkRefused: Error | undefined;

  subscribe(): () => void {
    return () => undefined;
  }

  start(): void {
    this.asked.push('start');
  }

  stop(): void {
    this.asked.push('stop');
  }

  retry(): void {
    this.asked.push('retry');
  }

  setQuality(quality: string): void {
    this.asked.push(`quality ${quality}`);
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
    this.asked.push(muted ? 'mute' : 'unmute');
  }

  snapshot(): Promise<Blob> {
    return Promise.resolve(new Blob(['png']));
  }

  statistics(): Promise<PlayerStatistics> {
    return Promise.resolve(this.measured);
  }

  async talk(on: boolean): Promise<void> {
    this.asked.push(on ? 'talk' : 'hang up');
    if (on && this.talkRefused) throw this.talkRefused;
  }

  destroy(): void {
    this.asked.push('destroy');
  }
}
