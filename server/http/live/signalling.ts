import type { Quality } from '../../../shared/camera.ts';
import type { IceCandidate, IceServer } from '../../../shared/events.ts';
import type { CameraId, ViewerId } from '../../../shared/ids.ts';
import type { Principal } from '../../auth/principal.ts';
import type { ViewerStatistics } from '../../hub/viewer.ts';
import type { GatewayError } from '../../platform/errors.ts';

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

export type PageSignallingRequest = {
  readonly connection?: string;
  readonly offer: string;
  /** Already checked by the caller: the principal may view these cameras. */
  readonly tiles: readonly {
    readonly mid: string;
    readonly camera: CameraId;
    readonly quality: Quality;
    /** The caller, as this tile's player. */
    readonly principal: Principal;
  }[];
  /** The caller, whose connection it is. */
  readonly principal: Principal;
  readonly address?: string;
};

export type PageSignallingEvents = { ended(viewer: ViewerId, reason: GatewayError): void };

export type PageSignallingAnswer = {
  readonly connection: string;
  readonly answer: string;
  readonly tiles: readonly ({ readonly mid: string } & (
    | { readonly viewer: ViewerId; readonly quality: Quality }
    | { readonly error: GatewayError }
  ))[];
};

/** Where WHEP and Socket.IO end: the WebRTC output seen from the HTTP side. Rejects with a GatewayError. */
export type Signalling = {
  /** Somebody has opened a page, and may want to see a camera soon. */
  prepare(): void;
  iceServers(principal: Principal): readonly IceServer[];
  open(request: SignallingRequest, events: SignallingEvents): Promise<SignallingAnswer>;
  /** Many cameras over one connection. Rejects only when the offer or the connection is no good; tiles are refused one by one. */
  negotiate(request: PageSignallingRequest, events: PageSignallingEvents): Promise<PageSignallingAnswer>;
  confirm(connection: string, principal: Principal): void;
  addPageCandidate(connection: string, principal: Principal, candidate: IceCandidate): void;
  addCandidate(viewer: ViewerId, candidate: IceCandidate): Promise<void>;
  /** Idempotent. */
  close(viewer: ViewerId): void;
};
