import type { CameraView, ConnectStep, Quality } from './camera.ts';
import type { ErrorCode } from './error-code.ts';

/** How every refusal looks, in an acknowledgement and in the body of a failed request (there under `error`). */
export type ApiError = { readonly code: ErrorCode; readonly message: string };

/** What every request over the socket is acknowledged with. */
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

/** A tile that is new in an offer, and the m-line (by its mid) that its picture is to come on. */
export type PageTile = {
  readonly mid: string;
  /** The m-line for its sound, where that is wanted. The answer then waits until it is known what the camera sends. */
  readonly sound?: string;
  readonly camera: string;
  readonly quality: Quality;
  /** Tells this tile's player from others with the same right, as `?visit=` does for WHEP. */
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

/** The offer is answered whatever happens to single tiles. */
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
  /** The page has taken the answer: what is new in it may be sent. The first answer needs no such word. */
  'page-ready': (request: { readonly connection: string }, acknowledge: Acknowledge<null>) => void;
  'page-candidate': (
    request: { readonly connection: string; readonly candidate: IceCandidate },
    acknowledge: Acknowledge<null>,
  ) => void;
  unwatch: (request: { readonly viewer: string }, acknowledge: Acknowledge<null>) => void;
  /** How the camera is at this moment: a page asks when the pictures do not go on. */
  'camera-state': (request: { readonly camera: string }, acknowledge: Acknowledge<CameraStateEvent>) => void;
  /** A person pressed "Try now". */
  retry: (request: { readonly camera: string }, acknowledge: Acknowledge<null>) => void;
  /** Sound of one `talk` at a time per camera; frames are 8 kHz G.711 mu-law. */
  'talk-start': (request: { readonly camera: string }, acknowledge: Acknowledge<{ readonly talk: string }>) => void;
  /** Not acknowledged: fifty a second. A talk that ended says so with `talk-ended`. */
  'talk-audio': (talk: string, samples: Uint8Array) => void;
  'talk-stop': (request: { readonly talk: string }, acknowledge: Acknowledge<null>) => void;
  /** Send me `probe-step` with this id, chosen by the page, while `POST /api/cameras/probe` runs with the same id. */
  'follow-probe': (request: { readonly probe: string }, acknowledge: Acknowledge<null>) => void;
};

/** From gateway to page. A page hears only of cameras that its principal may see. */
export type ServerToClientEvents = {
  /** At once after connecting, and whenever a camera is added, changed or removed: the whole list. */
  'cameras-changed': (cameras: readonly CameraView[]) => void;
  /** The live part of one camera. */
  'camera-state': (state: CameraStateEvent) => void;
  /** The gateway ended this page's viewer: kicked, revoked, expired, camera removed. */
  'viewer-ended': (event: ApiError & { readonly viewer: string }) => void;
  'talk-ended': (event: ApiError & { readonly talk: string }) => void;
  /** Who watches changed; for those who may see viewers. Read `GET /api/viewers`. */
  'viewers-changed': () => void;
  /** Each step as it begins; `atMs` counts from the start of the probe. */
  'probe-step': (event: { readonly probe: string; readonly step: ConnectStep; readonly atMs: number }) => void;
  /** The right to be here ended (signed out, revoked, expired); the gateway closes the socket next. */
  'session-ended': (event: ApiError) => void;
};
