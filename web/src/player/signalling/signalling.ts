import type { CameraView, Quality } from '../../../../shared/camera.ts';
import type { ErrorCode } from '../../../../shared/error-code.ts';
import { gatewaySentence } from '../../gateway/gateway-sentence.ts';

/** The gateway's own words for a refusal. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(gatewaySentence({ code, message }));
    this.code = code;
  }
}

export type WatchRequest = {
  readonly camera: string;
  readonly quality: Quality;
  readonly offer: string;
  readonly visit?: string;
};

/** One WebRTC viewer as the gateway knows it. */
export type SignallingSession = {
  readonly answer: string;
  candidate(candidate: RTCIceCandidateInit): void;
  close(): void;
};

/** What the gateway says of a camera. `view` is undefined until it said something. */
export type CameraFacts = { readonly reachable: boolean; readonly view: CameraView | undefined };

/** How the player talks with the gateway: over the dashboard's socket, or by plain requests where there is none. */
export type Signalling = {
  iceServers(): Promise<RTCIceServer[]>;
  /** `ended` is called at most once, when the gateway ends this viewer. Rejects with a Refusal or a network error. */
  watch(request: WatchRequest, ended: (why: Refusal) => void, signal: AbortSignal): Promise<SignallingSession>;
  /** Calls back at once with what is known, then on every change, until the returned function is called. */
  follow(camera: string, listener: (facts: CameraFacts) => void): () => void;
  /** What the gateway says of the camera at this moment. Never rejects; nothing comes while the gateway does not answer. */
  ask(camera: string): Promise<CameraFacts>;
  /** Asks the gateway to try the camera now; absent where it cannot be asked. */
  retry?(camera: string): void;
  /** Absent where talking is not possible. Resolves when the camera takes the sound. `ended` is called at most once, by the other side. */
  talk?(camera: string, ended: (why: Refusal) => void): Promise<TalkLine>;
};

/** Frames are 20 ms of 8 kHz G.711 mu-law. */
export type TalkLine = { send(frame: Uint8Array): void; close(): void };
