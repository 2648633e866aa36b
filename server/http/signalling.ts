import type { Quality } from '../../shared/camera.ts';
import type { IceCandidate, IceServer } from '../../shared/events.ts';
import type { CameraId, ViewerId } from '../../shared/ids.ts';
import type { Principal } from '../auth/principal.ts';
import type { ViewerStatistics } from '../hub/viewer.ts';
import type { GatewayError } from '../platform/errors.ts';

export type SignallingRequest = {
  readonly camera: CameraId;
  readonly quality: Quality;
  /** The browser's SDP offer. */
  readonly offer: string;
  /** Already checked by the caller: it may view this camera. */
  readonly principal: Principal;
  readonly address?: string;
};

/** What the page hears of its viewer afterwards. */
export type SignallingEvents = {
  ended?(reason: GatewayError): void;
  statistics?(statistics: ViewerStatistics): void;
};

export type SignallingAnswer = {
  readonly viewer: ViewerId;
  readonly answer: string;
  /** What is really sent. */
  readonly quality: Quality;
};

/** Where WHEP and Socket.IO end: the WebRTC output seen from the HTTP side. Rejects with a GatewayError. */
export type Signalling = {
  iceServers(principal: Principal): readonly IceServer[];
  open(request: SignallingRequest, events: SignallingEvents): Promise<SignallingAnswer>;
  addCandidate(viewer: ViewerId, candidate: IceCandidate): Promise<void>;
  /** Idempotent. */
  close(viewer: ViewerId): void;
};
