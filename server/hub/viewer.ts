import type { Quality } from '../../shared/camera.ts';
import type { CameraId, ViewerId } from '../../shared/ids.ts';
import type { GatewayError } from '../platform/errors.ts';
import type { Right } from './right.ts';

export type ViewerKind = 'webrtc' | 'mp4' | 'hls' | 'rtsp' | 'record' | 'still';

/** What an output knows about one viewer. Absent facts are not known for its transport. */
export type ViewerStatistics = {
  readonly bitrateKbps?: number;
  readonly lossPercent?: number;
  readonly roundTripMs?: number;
  readonly skippedFrames?: number;
  readonly pictureAgeMs?: number;
};

/** Who watches and how to end the viewer, as the serving output describes it. */
export type ViewerDescription = {
  readonly kind: ViewerKind;
  /** For people: the user's name, the share's label, the token's name. */
  readonly who: string;
  /** The right that the viewer watches with. When it ends, this viewer ends. */
  readonly right: Right;
  /** The name that one player in one browser gives itself. Its second stream replaces its first. */
  readonly visit?: string;
  readonly address?: string;
  /** How many people may watch with this right at once, which is the share's own limit. */
  readonly maxViewers?: number;
  /** True for an offer that may never connect. It keeps its seat only for a moment, until `Watch.connected` is called. */
  readonly isOffer?: boolean;
  statistics?(): ViewerStatistics;
  /** When its newest sign of life expires, in microseconds of the clock. The viewer is then ended; see `ViewerLife`. */
  aliveUntilUs?(nowUs: number): number;
  /** Ends this viewer's connection. It is called at most once, possibly after the watch was closed. */
  end(reason: GatewayError): void;
};

export type Viewer = ViewerDescription & {
  readonly id: ViewerId;
  readonly camera: CameraId;
  readonly quality: Quality;
  readonly sinceMs: number;
};
