import type { CameraView, Quality } from '../../../shared/camera.ts';
import type { PlayerState } from './decision/player-state.ts';
import type { Signalling } from './signalling/signalling.ts';
import type { PlayerStatistics } from './statistics.ts';
import type { PageConnections } from './webrtc/page-connections.ts';

export type PlayerOptions = {
  /** Its parent must be a positioned box: the player lays a second video over it while it changes transports. */
  readonly video: HTMLVideoElement;
  readonly camera: string;
  /** `auto`: the main stream when shown large, the sub-stream when small. */
  readonly quality: Quality | 'auto';
  readonly signalling: Signalling;
  /** The connections that the tiles of the page share. */
  readonly page: PageConnections;
  readonly token?: string;
  /** True when not given: browsers start only muted videos by themselves. */
  readonly muted?: boolean;
  /** Origin of the gateway; the page's own when not given. */
  readonly gateway?: string;
};

export type Player = {
  readonly state: PlayerState;
  /** What the gateway last said of the camera. */
  readonly view: CameraView | undefined;
  readonly muted: boolean;
  /** The stream carries sound; undefined while unknown. */
  readonly hasAudio: boolean | undefined;
  /** It is wanted, and nothing brings it to this browser: it is AAC, and the gateway's computer has no ffmpeg. */
  readonly isSilent: boolean;
  /** The element whose picture is on the screen, for picture-in-picture. */
  readonly video: HTMLVideoElement;
  subscribe(listener: (state: PlayerState) => void): () => void;
  start(): void;
  /** The last picture stays. */
  stop(): void;
  /** A person does not want to wait for the next attempt. */
  retry(): void;
  setQuality(quality: Quality | 'auto'): void;
  setMuted(muted: boolean): void;
  /** The picture on the screen as PNG. */
  snapshot(): Promise<Blob>;
  statistics(): Promise<PlayerStatistics>;
  /** Opens or closes the line to the camera's loudspeaker. Rejects with a sentence for people;
   *  `ended` gets one when the other side hangs up. */
  talk(on: boolean, ended?: (why: string) => void): Promise<void>;
  destroy(): void;
};
