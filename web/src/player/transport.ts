import type { Quality } from '../../../shared/camera.ts';
import type { Loss } from './decision/player-state.ts';
import type { Signalling } from './signalling/signalling.ts';
import type { TransportStatistics } from './statistics.ts';
import type { PageConnections } from './webrtc/page-connections.ts';

export type TransportRequest = {
  /** Muted and empty; the transport feeds it and starts it. */
  readonly video: HTMLVideoElement;
  readonly camera: string;
  readonly quality: Quality;
  /** Whether sound is wanted. Transports that can leave it out do so otherwise. */
  readonly sound: boolean;
  /** The camera sends no picture; known once it has been seen. */
  readonly isSoundOnly: () => boolean;
  readonly signalling: Signalling;
  /** The connections of this page. */
  readonly page: PageConnections;
  /** Origin of the gateway, or empty for the page's own. */
  readonly gateway: string;
  readonly token: string | undefined;
  readonly visit: string;
  /** The browser plays no sound before the person has touched the page. */
  readonly soundRefused: () => void;
  /** Called at most once: the way to the gateway is open. */
  readonly connected: () => void;
  /** Called at most once; nothing arrives afterwards. `close` is still due. */
  readonly lost: (loss: Loss) => void;
};

/** A way for pictures from the gateway into one video element. Opened by its factory. */
export type Transport = {
  statistics(): Promise<TransportStatistics>;
  /** RTP time of the newest picture, by transports that have one. */
  newestStamp?(): number | undefined;
  /** Ends everything but leaves the last picture in the video. Idempotent. */
  close(): void;
};

export type OpenTransport = (request: TransportRequest) => Transport;
