import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { ConnectStep } from '../../shared/camera.ts';
import type { Account, CameraSettings } from '../../shared/camera-settings.ts';
import type { AccessUnit, TrackInfo } from '../media/access-unit.ts';
import type { Clock } from '../platform/clock.ts';

/** Where a source publishes what the camera sends. It never learns who watches. */
export type SourceSink = {
  /** Once per connection before the first unit, and again when the camera changes its set of tracks. */
  tracks(info: readonly TrackInfo[]): void;
  publish(unit: AccessUnit): void;
  /** How far the connection has come. Each step is reported when it begins. */
  step(step: ConnectStep): void;
};

/** Runs until `signal` aborts (resolves) or the camera is lost (rejects with a GatewayError). Never retries: the supervisor does. */
export type SourceAdapter = {
  run(sink: SourceSink, signal: AbortSignal): Promise<void>;
  /** Checks that something listens at the camera's address, without sending it anything. Rejects with a GatewayError. Only for cameras that are dialled over TCP. */
  knock?(signal: AbortSignal): Promise<void>;
};

/** One person who speaks through the camera: 8 kHz mu-law, with any number of samples per call. */
export type TalkSession = {
  write(samples: Uint8Array): void;
  close(): Promise<void>;
};

/** One thing that can be set on a camera, with the values it takes. */
export type CameraControl =
  | { readonly name: string; readonly type: 'switch'; readonly value: boolean }
  | { readonly name: string; readonly type: 'choice'; readonly value: string; readonly choices: readonly string[] }
  | { readonly name: string; readonly type: 'move'; readonly directions: readonly string[] };

export type CameraControls = {
  /** The controls that this camera has, with their present values. An empty list when it has none. */
  list(signal: AbortSignal): Promise<readonly CameraControl[]>;
  set(name: string, value: boolean | string, signal: AbortSignal): Promise<void>;
};

/** A camera as its adapter offers it. It always has a picture; the rest depends on the camera. */
export type CameraDevice = {
  readonly source: SourceAdapter;
  readonly controls?: CameraControls;
  readonly talk?: (signal: AbortSignal) => Promise<TalkSession>;
};

export type DialOptions = {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
};

/** Every adapter dials through this, so that any camera can stand behind an agent. Rejects with a GatewayError. */
export type Dial = (host: string, port: number, options: DialOptions) => Promise<Duplex>;

/** Facts that an adapter learned about one camera and needs again (the TLS rung, a pinned certificate). They are not secret. */
export type CameraMemory = {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
};

/** One stream of one camera as configured. The URL never contains credentials. */
export type SourceSpec = {
  readonly url: string;
  readonly connectTimeoutMs: number;
} & Account &
  Pick<CameraSettings, 'transport'>;

export type SourceContext = {
  readonly dial: Dial;
  readonly clock: Clock;
  /** A child logger for the camera. Credentials are never logged. */
  readonly log: Logger;
  readonly memory: CameraMemory;
};
