import type { CameraView, ConnectStep, Quality } from './camera.ts';
import type { ErrorCode } from './error-code.ts';

/** The form of every refusal, in an acknowledgement and in the body of a failed request (there under `error`). */
export type ApiError = { readonly code: ErrorCode; readonly message: string };

/** The acknowledgement of every request over the socket. */
export type Reply<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: ApiError };

export type Acknowledge<Value> = (reply: Reply<Value>) => void;

/** The shape of the browser's RTCIceServer. Credentials are minted for this session and expire. */
export type IceServer = { readonly urls: string[]; readonly username?: string; readonly credential?: string };

/** The shape of the browser's RTCIceCandidateInit. */
export type IceCandidate = {
  readonly candidate?: string;
  readonly sdpMid?: string | null;
  readonly sdpMLineIndex?: number | null;
  readonly usernameFragment?: string | null;
};

/** A tile that is new in an offer, with the mid of the m-line for its picture. */
export type PageTile = {
  readonly mid: string;
  /** The mid of the m-line for its sound, if wanted. The answer then waits until the camera's codecs are known. */
  readonly sound?: string;
  readonly camera: string;
  readonly quality: Quality;
  /** Distinguishes this tile's player from others with the same right, as `?visit=` does for WHEP. */
  readonly visit?: string;
};

export type PageOffer = {
  /** Absent in a page's first offer. */
  readonly connection?: string;
  readonly offer: string;
  readonly tiles: readonly PageTile[];
};

/** `quality` is what is really sent: a camera without a substream serves `main`, a share may be limited to `sub`. */
export type PageTileAnswer =
  | { readonly mid: string; readonly viewer: string; readonly quality: Quality }
  | { readonly mid: string; readonly error: ApiError };

/** The offer is answered even when single tiles are refused. */
export type PageAnswer = {
  readonly connection: string;
  readonly answer: string;
  readonly tiles: readonly PageTileAnswer[];
};

export type CameraStateEvent = Pick<CameraView, 'id' | 'main' | 'sub' | 'tracks' | 'viewers'>;

/** From page to gateway. Everything is acknowledged; a request that is refused says why in its reply. */
export type ClientToServerEvents = {
  'ice-servers': (acknowledge: Acknowledge<readonly IceServer[]>) => void;
  'page-offer': (request: PageOffer, acknowledge: Acknowledge<PageAnswer>) => void;
  /** The page has applied the answer, so media for new tiles may be sent. The first answer needs no such confirmation. */
  'page-ready': (request: { readonly connection: string }, acknowledge: Acknowledge<null>) => void;
  'page-candidate': (
    request: { readonly connection: string; readonly candidate: IceCandidate },
    acknowledge: Acknowledge<null>,
  ) => void;
  unwatch: (request: { readonly viewer: string }, acknowledge: Acknowledge<null>) => void;
  /** Asks for the present state of the camera. A page asks when pictures stop. */
  'camera-state': (request: { readonly camera: string }, acknowledge: Acknowledge<CameraStateEvent>) => void;
  /** A person pressed "Try now". */
  retry: (request: { readonly camera: string }, acknowledge: Acknowledge<null>) => void;
  /** Begins to talk. There is one talk at a time per camera. Frames are 8 kHz G.711 mu-law. */
  'talk-start': (request: { readonly camera: string }, acknowledge: Acknowledge<{ readonly talk: string }>) => void;
  /** Frames are not acknowledged, because there are fifty a second. `talk-ended` says when a talk has ended. */
  'talk-audio': (talk: string, samples: Uint8Array) => void;
  'talk-stop': (request: { readonly talk: string }, acknowledge: Acknowledge<null>) => void;
  /** Subscribes to `probe-step` with this id, which the page chose, while `POST /api/cameras/probe` runs with the same id. */
  'follow-probe': (request: { readonly probe: string }, acknowledge: Acknowledge<null>) => void;
};

/** From gateway to page. A page is only told about cameras that its principal may see. */
export type ServerToClientEvents = {
  /** The whole list. It is sent right after connecting and whenever a camera is added, changed or removed. */
  'cameras-changed': (cameras: readonly CameraView[]) => void;
  /** The live state of one camera. */
  'camera-state': (state: CameraStateEvent) => void;
  /** The gateway ended this page's viewer: kicked, revoked, expired, camera removed. */
  'viewer-ended': (event: ApiError & { readonly viewer: string }) => void;
  'talk-ended': (event: ApiError & { readonly talk: string }) => void;
  /** The list of viewers has changed. Sent to those who may read `GET /api/viewers`. */
  'viewers-changed': () => void;
  /** Sent when a step begins. `atMs` is the time since the start of the probe. */
  'probe-step': (event: { readonly probe: string; readonly step: ConnectStep; readonly atMs: number }) => void;
  /** The right to be here ended (signed out, revoked, expired); the gateway closes the socket next. */
  'session-ended': (event: ApiError) => void;
};
