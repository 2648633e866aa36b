import type { Request } from 'express';
import type { Logger } from 'pino';
import type { ConnectStep } from '../../../shared/camera.ts';
import type { CameraFact, DiscoveredCamera } from '../../../shared/camera-api.ts';
import type { CameraId } from '../../../shared/ids.ts';
import type { ProbeReport } from '../../../shared/probe-report.ts';
import type { Auth } from '../../auth/auth.ts';
import type { Action, Principal } from '../../auth/principal.ts';
import type { Hub } from '../../hub/hub.ts';
import type { CameraDevice } from '../../hub/source.ts';
import type { WebrtcOutput } from '../../outputs/webrtc/webrtc-output.ts';
import type { Clock } from '../../platform/clock.ts';
import type { CameraDirectory } from '../../store/camera-directory.ts';
import type { CameraSettings } from '../../store/cameras.ts';
import type { Store } from '../../store/store.ts';

/** What a probe needs to know about a camera that may not be saved yet. */
export type ProbeTarget = Pick<CameraSettings, 'url' | 'username' | 'password' | 'via' | 'transport' | 'restricted'>;

/** Probes a camera. The report contains the camera's failures. `onStep` is called when each step begins. */
export type Probe = (
  target: ProbeTarget,
  onStep: (step: ConnectStep, atMs: number) => void,
  signal: AbortSignal,
) => Promise<ProbeReport>;

/** The parts of the gateway that the API shows. */
export type ApiParts = {
  readonly auth: Auth;
  readonly store: Store;
  readonly cameras: CameraDirectory;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly log: Logger;
  readonly probe: Probe;
  readonly discover: (signal: AbortSignal) => Promise<readonly DiscoveredCamera[]>;
  /** Controls and talk-back. Throws `camera-not-found`. */
  readonly device: (camera: CameraId) => CameraDevice;
  /** What was learned about a camera and is taken into account. */
  readonly facts: (camera: CameraId) => readonly CameraFact[];
  readonly webrtc: WebrtcOutput;
  /** `false` from the moment the gateway begins to stop. */
  readonly isReady: () => boolean;
  readonly gateway: {
    readonly version: string;
    readonly demo: boolean;
    readonly maxViewers: number;
    readonly rtspPort?: number;
  };
};

export type AuditNote = { readonly subject?: string; readonly detail?: string };

/** What every route gets. */
export type ApiContext = ApiParts & {
  /** Throws when this principal may not do this, for cameras that only the body of a request names. */
  require(principal: Principal, action: Action, camera: CameraId): unknown;
  note(
    call: { readonly principal: Pick<Principal, 'who'>; readonly request: Request },
    event: string,
    note?: AuditNote,
  ): void;
  /** Sends a step to the page that follows this probe. */
  tellProbeStep(probe: string, step: ConnectStep, atMs: number): void;
};
