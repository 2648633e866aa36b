import type { Quality, StreamState } from '../../../../shared/camera.ts';
import type { ErrorCode } from '../../../../shared/error-code.ts';
import type { Frozen, Report } from './freeze.ts';

/** Best first: every choice the player makes walks down this list. */
export const TRANSPORTS = ['webrtc', 'mp4', 'hls'] as const;
export type TransportName = (typeof TRANSPORTS)[number];

export type Path = { readonly transport: TransportName; readonly quality: Quality };

/** Why a path can never show this stream in this browser. */
export type Unsupported =
  | 'no-webrtc' // the browser has no RTCPeerConnection
  | 'no-media-source' // the browser has no MediaSource to feed
  | 'codec' // the browser does not decode what the camera sends
  | 'b-frames' // WebRTC cannot carry pictures out of order
  | 'sound-only'; // the file ways need a picture to hang the sound on

/** Why a transport ended. */
export type Loss =
  | { readonly kind: 'unsupported'; readonly reason: Unsupported }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string }
  | {
      readonly kind: 'broken';
      readonly why: 'never-connected' | 'connection' | 'no-data' | 'decoder' | 'uneven' | 'ended' | 'camera';
    };

/** One opened transport. Times are the driver's clock in milliseconds. */
export type Attempt = Path & {
  readonly id: number;
  /** Asked for with sound. It costs delay, and the gateway an encoder where it has to be converted: a muted picture does without. */
  readonly sound: boolean;
  readonly openedAtMs: number;
  /** The way to the gateway is open: from here on the wait is for the camera. */
  readonly connectedAtMs?: number;
  readonly shownAtMs?: number;
};

/** How often a transport failed lately, and how long it has to wait for that before it is tried again. */
export type Standing = { readonly failures: number; readonly notBeforeMs: number };

export type PlayerState = {
  readonly running: boolean;
  readonly visible: boolean;
  readonly quality: Quality;
  /** A person wants to hear. */
  readonly sound: boolean;
  /** The transport whose picture is on the screen. */
  readonly shown: Attempt | undefined;
  /** Opened, no picture yet. */
  readonly trying: readonly Attempt[];
  readonly unsupported: readonly (Path & { readonly reason: Unsupported })[];
  /** The ways that do not bring this camera's sound to this browser. */
  readonly silent: readonly TransportName[];
  /** The camera sends sound and no picture. */
  readonly isSoundOnly: boolean;
  readonly standing: Readonly<Record<TransportName, Standing>>;
  /** Paths that were lost since the last picture or pause; when all are, the player pauses. */
  readonly lostPaths: readonly Path[];
  /** Pauses in a row. */
  readonly pauses: number;
  readonly retryAtMs: number | undefined;
  /** What the gateway refused with, until it accepts. */
  readonly refusal: { readonly code: ErrorCode; readonly message: string } | undefined;
  /** What the gateway says of the camera; undefined while unknown. */
  readonly stream: StreamState | undefined;
  /** Driver's clock when the stream was last seen to become live. */
  readonly streamLiveAtMs: number;
  readonly gatewayReachable: boolean;
  /** The gateway's newest word about the pictures of the stream. */
  readonly report: Report | undefined;
  /** Since when somebody can see this page. */
  readonly visibleSinceMs: number;
  /** There is a picture, and nothing says yet that it is a new one. */
  readonly isWaiting: boolean;
  readonly frozen: Frozen | undefined;
  /** How often the picture moved from one transport to another. */
  readonly switches: number;
  readonly lastTransport: TransportName | undefined;
  readonly nextId: number;
};

const FRESH: Standing = { failures: 0, notBeforeMs: 0 };

export function initialState(quality: Quality): PlayerState {
  return {
    running: false,
    visible: true,
    quality,
    sound: false,
    shown: undefined,
    trying: [],
    unsupported: [],
    silent: [],
    isSoundOnly: false,
    standing: { webrtc: FRESH, mp4: FRESH, hls: FRESH },
    lostPaths: [],
    pauses: 0,
    retryAtMs: undefined,
    refusal: undefined,
    stream: undefined,
    streamLiveAtMs: 0,
    gatewayReachable: true,
    report: undefined,
    visibleSinceMs: 0,
    isWaiting: false,
    frozen: undefined,
    switches: 0,
    lastTransport: undefined,
    nextId: 1,
  };
}

/** What a tile shows, in one word. */
export type PlayerPhase = 'idle' | 'starting' | 'live' | 'frozen' | 'offline' | 'refused' | 'unsupported';

export function phaseOf(state: PlayerState): PlayerPhase {
  if (!state.running) return 'idle';
  if (state.stream?.phase === 'offline' && !isKeptOut(state)) return 'offline';
  if (state.refusal) return 'refused';
  if (state.frozen) return 'frozen';
  if (state.shown) return state.isWaiting ? 'starting' : 'live';
  return isUnsupported(state) ? 'unsupported' : 'starting';
}

/** The sound is wanted, and what is shown does not bring it. */
export function isSilent({ sound, shown, silent }: PlayerState): boolean {
  return sound && shown !== undefined && silent.includes(shown.transport);
}

/** Refused for a reason that says more than that the camera is offline: a free seat would show nothing then. */
export function isKeptOut({ refusal }: PlayerState): boolean {
  return refusal !== undefined && refusal.code !== 'too-many-viewers';
}

/** No path of either stream can be shown by this browser. */
export function isUnsupported(state: PlayerState): boolean {
  return playable(state, 'main').length === 0 && playable(state, 'sub').length === 0;
}

/** The paths of one stream that this browser can show, best first; with its sound where that is wanted and possible. */
export function playable(state: PlayerState, quality: Quality): readonly Path[] {
  const shown = showable(state, quality);
  const heard = shown.filter(({ transport }) => !state.silent.includes(transport));
  return state.sound && heard.length > 0 ? heard : shown;
}

function showable(state: PlayerState, quality: Quality): readonly Path[] {
  return TRANSPORTS.filter(
    (transport) => !state.unsupported.some((path) => path.transport === transport && path.quality === quality),
  ).map((transport) => ({ transport, quality }));
}
