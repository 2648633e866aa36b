import type { ConnectStep } from '../../shared/camera.ts';
import { likelySubstream } from '../../shared/camera-brands.ts';
import type { ProbeReport } from '../../shared/probe-report.ts';
import type { SourceAdapter, SourceSpec } from '../hub/source.ts';
import { serializeKeyFrame } from '../media/mp4/key-frame-mp4.ts';
import type { Clock } from '../platform/clock.ts';
import { asGatewayError, GatewayError } from '../platform/errors.ts';
import { pause } from '../platform/wait.ts';
import { reportCard } from './report-card.ts';
import { type Observation, StreamObserver } from './stream-observer.ts';

export type ProbeServices = {
  readonly clock: Clock;
  createSource(spec: SourceSpec): SourceAdapter;
};

/** A probe lasts until the second key frame, within these limits. */
const MIN_LOOK_MS = 2000;
const MAX_LOOK_MS = 12_000;
/** How long to wait for the first key frame. It is longer than any reasonable key-frame interval. */
const FIRST_PICTURE_MS = 20_000;
const SUBSTREAM_LOOK_MS = 500;
/** Cameras with a single free session need a pause between two connections. */
const BETWEEN_STREAMS_MS = 300;

/** Connects once, watches for a few seconds and writes the report card. It also tries the brand's small stream. */
export async function probeCamera(
  spec: SourceSpec,
  services: ProbeServices,
  onStep: (step: ConnectStep, atMs: number) => void,
  signal: AbortSignal,
): Promise<ProbeReport> {
  const main = await look(spec, services, onStep, signal, MIN_LOOK_MS, MAX_LOOK_MS);
  if (main.error)
    return reportCard(spec.url, main.seen, { error: { code: main.error.code, message: main.error.message } });
  const substream = await findSubstream(spec, services, signal);
  const report = reportCard(spec.url, main.seen, substream ? { substream } : {});
  const { newestKeyFrame, videoCodec } = main.seen;
  const picture = newestKeyFrame && videoCodec && serializeKeyFrame(videoCodec, newestKeyFrame);
  if (!picture) return report;
  return { ...report, picture: { mimeType: picture.mimeType, base64: Buffer.from(picture.bytes).toString('base64') } };
}

async function findSubstream(
  spec: SourceSpec,
  services: ProbeServices,
  signal: AbortSignal,
): Promise<ProbeReport['substream'] | undefined> {
  const url = likelySubstream(spec.url);
  if (!url) return undefined;
  await pause(services.clock, BETWEEN_STREAMS_MS, signal);
  const { seen, error } = await look(
    { ...spec, url },
    services,
    () => {},
    signal,
    SUBSTREAM_LOOK_MS,
    SUBSTREAM_LOOK_MS,
  );
  if (error) return undefined;
  const { video } = reportCard(url, seen);
  return { url, ...(video ? { video } : {}) };
}

async function look(
  spec: SourceSpec,
  { clock, createSource }: ProbeServices,
  onStep: (step: ConnectStep, atMs: number) => void,
  signal: AbortSignal,
  minMs: number,
  maxMs: number,
): Promise<{ seen: Observation; error?: GatewayError }> {
  const enough = new AbortController();
  const stop = (): void => enough.abort();
  signal.addEventListener('abort', stop, { once: true });
  const observer = new StreamObserver(clock, onStep, () => {
    const looked = observer.sinceFirstKeyMs;
    if ((observer.keyframes > 1 && looked >= minMs) || (observer.keyframes > 0 && looked >= maxMs)) stop();
  });
  let tooLate = false;
  const cancel = clock.after(spec.connectTimeoutMs + FIRST_PICTURE_MS, () => {
    tooLate = observer.keyframes === 0;
    stop();
  });
  try {
    await createSource(spec).run(observer, enough.signal);
    if (observer.keyframes > 0) return { seen: observer.observation() };
    return { seen: observer.observation(), error: noPicture(tooLate, signal) };
  } catch (error) {
    if (observer.keyframes > 0) return { seen: observer.observation() };
    return { seen: observer.observation(), error: asGatewayError(error) };
  } finally {
    cancel();
    signal.removeEventListener('abort', stop);
  }
}

function noPicture(tooLate: boolean, signal: AbortSignal): GatewayError {
  if (signal.aborted) return new GatewayError('stopping', 'The probe was cancelled.');
  const seconds = FIRST_PICTURE_MS / 1000;
  return tooLate
    ? new GatewayError(
        'stalled',
        `The camera connected and sent no key frame for ${seconds} s. Set a key-frame interval of 2 s in the camera.`,
      )
    : new GatewayError('camera-closed', 'The camera ended the stream before the first picture.');
}
