import type { ErrorCode } from './error-code.ts';

export type VideoCodec = 'h264' | 'h265';
export type AudioCodec = 'pcmu' | 'pcma' | 'aac' | 'opus' | 'g722';

/** Which of a camera's two streams: `main` when shown large, `sub` in the grid. A camera without a substream serves main for both. */
export type Quality = 'main' | 'sub';

/** What the gateway waits for while a stream starts. The tile shows it by name and the report card says how long it took. */
export type ConnectStep =
  | 'resolving' // finding the address, the cloud, the agent
  | 'connecting' // TCP, TLS or hole punching
  | 'asking' // the camera's protocol: describe, authenticate, play
  | 'waiting-for-picture' // playing, nothing arrived yet
  | 'waiting-for-key-frame'; // pictures arrive, none can be decoded yet

/** How the pictures of a stream arrived when the gateway sent this. */
export type PictureFlow = {
  /** The time since the newest picture came from the camera. */
  readonly pictureAgeMs: number;
  /** The age from which on this camera, considering its usual intervals, counts as silent. */
  readonly silenceLimitMs: number;
};

/** The state of a stream that people see. `sinceMs` and `retryAtMs` are epoch milliseconds. */
export type StreamState =
  | { readonly phase: 'idle' }
  | {
      readonly phase: 'starting';
      readonly step: ConnectStep;
      readonly sinceMs: number;
      /** How long the wait for a key frame can be with this camera, once that is known. */
      readonly keyFrameIntervalMs?: number;
    }
  | ({ readonly phase: 'live'; readonly sinceMs: number } & Partial<PictureFlow>)
  | ({
      readonly phase: 'stalled';
      readonly sinceMs: number;
      /** Whether the camera (reachable, but sends nothing) or the way to it fails. Absent when that cannot be found out. */
      readonly cause?: 'being-found-out' | 'camera' | 'uplink';
    } & Partial<PictureFlow>)
  | {
      readonly phase: 'offline';
      readonly code: ErrorCode;
      readonly message: string;
      readonly sinceMs: number;
      /** When the next attempt begins. Absent during an attempt and when only a person can help (a wrong password). */
      readonly retryAtMs?: number;
      /** How far the present attempt has come. */
      readonly step?: ConnectStep;
    };

/** What the dashboard knows about the video and sound of a running stream. */
export type TrackSummary =
  | {
      readonly kind: 'video';
      readonly codec: VideoCodec;
      readonly width?: number;
      readonly height?: number;
      /** RFC 6381, such as avc1.640028 */
      readonly codecString?: string;
      readonly hasBFrames?: boolean;
    }
  | {
      readonly kind: 'audio';
      readonly codec: AudioCodec;
      readonly sampleRateHz: number;
      readonly channels: number;
      /** True when the sound cannot be heard over WebRTC, because nothing on the gateway's computer can convert it. */
      readonly overWebrtc?: false;
    };

/** A camera as the API shows it: never a credential, never a URL with one. */
export type CameraView = {
  readonly id: string;
  readonly name: string;
  readonly group?: string;
  readonly enabled: boolean;
  /** rtsp, kasa, dahua, clip, … */
  readonly kind: string;
  readonly hasSubstream: boolean;
  readonly main: StreamState;
  readonly sub: StreamState;
  readonly tracks: readonly TrackSummary[];
  readonly viewers: number;
};
