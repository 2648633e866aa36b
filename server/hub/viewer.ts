import type { Quality } from '../../shared/camera.ts';
import type { CameraId, ViewerId } from '../../shared/ids.ts';
import type { GatewayError } from '../platform/errors.ts';

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
  /** What the right to watch hangs on (`user:…`, `share:…`, `token:…`, `session:…`): revoking it ends these viewers. */
  readonly grants: readonly string[];
  readonly address?: string;
  /** At most so many viewers may carry this grant at once: a share's own limit. */
  readonly cap?: { readonly grant: string; readonly maxViewers: number };
  /** Epoch milliseconds; the right to watch ends by itself then. */
  readonly validUntilMs?: number;
  statistics?(): ViewerStatistics;
  /** Ends this viewer's connection. Called at most once, also after the watch was closed. */
  end(reason: GatewayError): void;
};

export type Viewer = ViewerDescription & {
  readonly id: ViewerId;
  readonly camera: CameraId;
  readonly quality: Quality;
  readonly sinceMs: number;
};
