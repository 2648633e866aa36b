import type { ConnectStep } from '../../shared/camera.ts';
import { originOf } from '../../shared/camera-address.ts';
import type { ErrorCode } from '../../shared/error-code.ts';
import { kindOf } from '../../shared/source-kinds.ts';
import type { CameraControls, CameraDevice, CameraMemory, SourceAdapter, SourceSink } from '../hub/source.ts';
import type { Clock } from '../platform/clock.ts';
import { asGatewayError, GatewayError } from '../platform/errors.ts';
import { settleWithin } from '../platform/wait.ts';

export type VeilOptions = {
  readonly url: string;
  readonly memory: CameraMemory;
  readonly clock: Clock;
  /** How long every attempt takes that finds no camera. */
  readonly attemptMs: number;
};

/** Errors that only a real camera causes, after it was asked in its own protocol. */
const SAID_BY_CAMERAS: ReadonlySet<ErrorCode> = new Set([
  'wrong-password',
  'needs-password',
  'login-weakened',
  'no-free-session',
  'unsupported-codec',
  'camera-off',
]);
/** Errors that reveal nothing about the place, because it was never dialled or its name does not exist. */
const SAID_OF_NO_PLACE: ReadonlySet<ErrorCode> = new Set([
  'not-allowed',
  'name-not-found',
  'bad-request',
  'config-invalid',
  'stopping',
]);

/**
 * A camera that no administrator approved. It must not be usable for scanning ports. So until a place has proved to be a camera,
 * every attempt ends with the same message after the same time and shows the same step, whether nothing listens there, nothing
 * answers, or something else does.
 */
export function veilDevice(device: CameraDevice, options: VeilOptions): CameraDevice {
  const { talk, controls } = device;
  return {
    source: veilSource(device.source, options),
    ...(controls ? { controls: veilControls(controls, options) } : {}),
    ...(talk ? { talk: (signal) => underVeil(options, signal, talk) } : {}),
  };
}

function veilControls(controls: CameraControls, options: VeilOptions): CameraControls {
  return {
    list: (signal) => underVeil(options, signal, (until) => controls.list(until)),
    set: (name, value, signal) => underVeil(options, signal, (until) => controls.set(name, value, until)),
  };
}

function veilSource(source: SourceAdapter, options: VeilOptions): SourceAdapter {
  return {
    // Knocking would distinguish an open port from a closed one.
    knock: async (signal) => (isKnown(options) ? source.knock?.(signal) : undefined),
    run: (sink, signal) => {
      if (isKnown(options)) return source.run(sink, signal);
      const withheld: ConnectStep[] = [];
      let isCamera = false;
      const veiled: SourceSink = {
        step: (step) => {
          if (isCamera || step === 'resolving' || step === 'connecting') sink.step(step);
          else withheld.push(step);
        },
        tracks: (tracks) => {
          isCamera = true;
          remember(options);
          for (const step of withheld.splice(0)) sink.step(step);
          sink.tracks(tracks);
        },
        publish: (unit) => sink.publish(unit),
      };
      const wasAsked = (): boolean => isCamera || withheld.length > 0;
      return underVeil(options, signal, (until) => source.run(veiled, until), wasAsked);
    },
  };
}

/** One attempt. As long as it has found no camera, it ends exactly when its time is over. */
async function underVeil<Value>(
  options: VeilOptions,
  signal: AbortSignal,
  attempt: (signal: AbortSignal) => Promise<Value>,
  wasAsked: () => boolean = () => false,
): Promise<Value> {
  if (isKnown(options)) return attempt(signal);
  const { clock, attemptMs } = options;
  const over = new AbortController();
  const onAbort = (): void => over.abort();
  if (signal.aborted) onAbort();
  // This stays after the attempt, because connections that it made end with the signal too.
  signal.addEventListener('abort', onAbort, { once: true });
  const endUs = clock.nowUs() + attemptMs * 1000;
  let isLate = false;
  const cancel = clock.after(attemptMs, () => {
    if (isKnown(options)) return;
    isLate = true;
    over.abort();
  });
  try {
    const value = await attempt(over.signal);
    if (!isLate) return value;
  } catch (error) {
    const { code } = asGatewayError(error);
    if (wasAsked() && isSaidByCamera(code, options.url)) remember(options);
    if (signal.aborted || isKnown(options) || SAID_OF_NO_PLACE.has(code)) throw error;
  } finally {
    cancel();
  }
  await pause(clock, (endUs - clock.nowUs()) / 1000, signal);
  throw new GatewayError(
    'timeout',
    'No camera answers at this address. Check the address, and that the camera has power and network.',
  );
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const timeoutMs = Math.max(0, ms);
  return settleWithin<void>({ clock, timeoutMs, signal, late: () => {}, begin: () => undefined });
}

/** Any web server can answer that it does not know a path. Only an RTSP server says that about a stream. */
function isSaidByCamera(code: ErrorCode, url: string): boolean {
  return SAID_BY_CAMERAS.has(code) || (code === 'no-such-path' && kindOf(url) === 'rtsp');
}

function isKnown({ memory, url }: VeilOptions): boolean {
  return memory.get(`is-camera:${originOf(url)}`) !== undefined;
}

function remember({ memory, url }: VeilOptions): void {
  memory.set(`is-camera:${originOf(url)}`, 'yes');
}
