import type { Quality } from '../../shared/camera.ts';
import type { CameraId, ViewerId } from '../../shared/ids.ts';
import type { GatewayError } from '../platform/errors.ts';
import type { Right } from './right.ts';

export type ViewerKind = 'webrtc' | 'mp4' | 'hls' | 'rtsp' | 'record' | 'still';

/** What an output can tell about one viewer; absent facts are not known for its transport. */
export type ViewerStatistics = {
  readonly bitrateKbps?: number;
  readonly lossPercent?: number;
  readonly roundTripMs?: number;
  readonly skippedFrames?: number;
  readonly pictureAgeMs?: number;
};

/** Who watches and how to end it; handed over by the output that serves them. */
export type ViewerDescription = {
  readonly kind: ViewerKind;
  /** For people: the user's name, the share's label, the token's name. */
  readonly who: string;
  /** What is watched with: its end is this viewer's end. */
  readonly right: Right;
  /** One player in one browser, as it calls itself: its second stream replaces its first. */
  readonly visit?: string;
  readonly address?: string;
  /** At most so many may watch by this right at once: a share's own limit. */
  readonly maxViewers?: number;
  /** It is an offer so far, which may never connect: it keeps its seat for a moment only, until `Watch.connected`. */
  readonly isOffer?: boolean;
  statistics?(): ViewerStatistics;
  /** Until when its newest sign of life is good, in microseconds of the clock. It is ended then, see `ViewerLife`. */
  aliveUntilUs?(nowUs: number): number;
  /** Ends this viewer's connection. Called at most once, also after the watch was closed. */
  end(reason: GatewayError): void;
};

export type Viewer = ViewerDescription & {
  readonly id: ViewerId;
  readonly camera: CameraId;
  readonly quality: Quality;
  readonly sinceMs: number;
};
