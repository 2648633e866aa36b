import type { TransportName } from './decision/player-state.ts';

/** Moments of a start in milliseconds of `performance.now()`. A moment that a transport does not have is absent. */
export type Milestones = {
  readonly asked?: number;
  readonly answered?: number;
  readonly iceConnected?: number;
  readonly dtlsConnected?: number;
  readonly firstBytes?: number;
  readonly keyFrame?: number;
  readonly firstFrame?: number;
};

/** What a transport can tell about itself. Facts that it does not know are absent. */
export type TransportStatistics = {
  readonly milestones: Milestones;
  readonly bytesReceived: number;
  readonly audioBytesReceived?: number;
  readonly codec?: string;
  readonly framesDropped?: number;
  readonly lossPercent?: number;
  readonly roundTripMs?: number;
  readonly jitterBufferMs?: number;
  readonly bufferedMs?: number;
  /** What the rate control aims at and does. */
  readonly targetMs?: number;
  readonly playbackRate?: number;
  readonly stalls?: number;
};

export type WaterfallStep = {
  readonly step: 'sign-in' | 'source' | 'signalling' | 'ice' | 'dtls' | 'first-packet' | 'key-frame' | 'decode';
  /** Milliseconds from the start of the player; a sign-in lies before it and is negative. */
  readonly fromMs: number;
  readonly toMs: number;
};

/** What the statistics overlay shows. */
export type PlayerStatistics = TransportStatistics & {
  readonly transport: TransportName | undefined;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly bitrateKbps: number;
  /**
   * The time from the arrival of the picture at the gateway until it is on the screen, as far as this browser can
   * know it.
   */
  readonly pictureAgeMs: number | undefined;
  readonly framesShown: number;
  readonly switches: number;
  readonly waterfall: readonly WaterfallStep[];
};
