import pino from 'pino';
import type { ConnectStep } from '../../../shared/camera.ts';
import type { SourceContext, SourceSpec } from '../../hub/source.ts';
import type { AccessUnit, TrackInfo } from '../../media/access-unit.ts';
import { systemClock } from '../../platform/clock.ts';
import { asGatewayError, type GatewayError } from '../../platform/errors.ts';
import { dialDirect } from '../connect.ts';
import { createRtspSource } from './rtsp-source.ts';

/** What a source published until a test had seen enough. */
export type Recording = {
  readonly units: readonly AccessUnit[];
  readonly tracks: readonly TrackInfo[];
  readonly steps: readonly ConnectStep[];
  readonly error: GatewayError | undefined;
};

export type RecordingOptions = Partial<SourceSpec> & {
  readonly url: string;
  /** Enough of the first track. */
  readonly enough?: (units: readonly AccessUnit[]) => boolean;
  readonly timeoutMs?: number;
  readonly context?: Partial<SourceContext>;
};

/** Runs an RTSP source for a test: until enough was published, it fails, or time is up. */
export async function recordSource(options: RecordingOptions): Promise<Recording> {
  const { enough = (units) => units.length >= 20, timeoutMs = 8000, context = {}, ...settings } = options;
  const units: AccessUnit[] = [];
  const steps: ConnectStep[] = [];
  const memory = new Map<string, string>();
  let tracks: readonly TrackInfo[] = [];
  let error: GatewayError | undefined;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  const source = createRtspSource(
    { transport: 'auto', connectTimeoutMs: 3000, ...settings },
    {
      dial: dialDirect,
      clock: systemClock,
      log: pino({ level: 'silent' }),
      memory: { get: (key) => memory.get(key), set: (key, value) => memory.set(key, value) },
      ...context,
    },
  );
  const sink = {
    tracks: (info: readonly TrackInfo[]) => {
      tracks = info;
    },
    step: (step: ConnectStep) => steps.push(step),
    publish: (unit: AccessUnit) => {
      units.push(unit);
      if (enough(units)) abort.abort();
    },
  };
  await source.run(sink, abort.signal).catch((reason: unknown) => {
    error = asGatewayError(reason);
  });
  clearTimeout(timer);
  return { units, tracks, steps, error };
}
