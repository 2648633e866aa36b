import type { PageAnswer, PageOffer } from '../../../../shared/events.ts';
import type { CameraFacts } from '../../gateway/camera-store.ts';
import type { GatewayError } from '../../gateway/gateway-error.ts';

/** How the player talks with the gateway: over the dashboard's socket, or by plain requests where there is none. */
export type Signalling = {
  /** Each peer connection carries one camera, and offers once. */
  readonly isForOneCamera: boolean;
  iceServers(): Promise<RTCIceServer[]>;
  /** Rejects with a GatewayError. */
  offer(offer: PageOffer): Promise<PageAnswer>;
  /** The last answer was taken. */
  ready(connection: string): void;
  candidate(connection: string, candidate: RTCIceCandidateInit): void;
  /** `ended` is called at most once, when the gateway ends this viewer. The function that is returned lets it go. */
  hold(viewer: string, ended: (why: GatewayError) => void): () => void;
  /** Calls back at once with what is known, and then on every change, until the returned function is called. */
  follow(camera: string, listener: (facts: CameraFacts) => void): () => void;
  /** What the gateway says of the camera at this moment. Never rejects; nothing comes while the gateway does not answer. */
  ask(camera: string): Promise<CameraFacts>;
  /** Asks the gateway to try the camera now; absent where it cannot be asked. */
  retry?(camera: string): void;
  /** Absent where talking is not possible. Resolves when the camera takes the sound. `ended` is called at most once, by the other side. */
  talk?(camera: string, ended: (why: GatewayError) => void): Promise<TalkLine>;
};

/** Frames are 20 ms of 8 kHz G.711 mu-law. */
export type TalkLine = { send(frame: Uint8Array): void; close(): void };
