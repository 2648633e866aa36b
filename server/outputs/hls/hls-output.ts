import type { Logger } from 'pino';
import type { Hub, Watch } from '../../hub/hub.ts';
import type { Right } from '../../hub/right.ts';
import type { InitSegment } from '../../media/mp4/fmp4-init.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { serializeMultivariantPlaylist } from '../../protocols/hls/playlist.ts';
import type { Fmp4Output, LiveRequest } from '../fmp4/fmp4-output.ts';
import type { FragmentStream } from '../fmp4/fragment-stream.ts';
import { HlsSession } from './hls-session.ts';
import { HlsStream } from './hls-stream.ts';

export type HlsParts = {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly log: Logger;
  readonly fmp4: Fmp4Output;
  /** The usual length of a part. */
  readonly partMs?: number;
};

export type HlsRequest = LiveRequest & {
  /** The device that asks, as far as it can be recognised. Another device cannot use its playback. */
  readonly reader: string;
};

export type HlsOutput = {
  /** Watches the camera, waits for its first key frame and returns the multivariant playlist. */
  open(request: HlsRequest, suffix: string, signal: AbortSignal): Promise<string>;
  /** Throws `not-found` when this playback has ended or belongs to somebody else. */
  session(epoch: string, id: string, right: Right, reader: string): HlsSession;
  /** Throws `not-found`. */
  stream(epoch: string, mayListen: boolean): HlsStream;
  readonly activeStreams: number;
};

/** About 100 ms. A part holds whole frames. */
const DEFAULT_PART_MS = 100;
const ASSUMED_BITS_PER_SECOND = 4_000_000;

/** LL-HLS with one set of parts per stream and one session per viewer. */
export function createHlsOutput({ hub, clock, log, fmp4, partMs = DEFAULT_PART_MS }: HlsParts): HlsOutput {
  const streams = new Map<FragmentStream, HlsStream>();
  const byEpoch = new Map<string, HlsStream>();
  const sessions = new Map<string, HlsSession>();

  const openSession = (request: HlsRequest): HlsSession => {
    const { camera, quality, reader, withRecap } = request;
    const { visit: _, ...anybody } = request.viewer;
    const life = {
      kind: 'hls',
      aliveUntilUs: (nowUs: number) => session.aliveUntilUs(nowUs),
      end: (reason: GatewayError) => session.close(reason),
    } as const;
    const watch = hub.watch(camera, quality, { ...request.viewer, ...life });
    const watchAnother = (): Watch => hub.watch(camera, quality, { ...anybody, ...life });
    const lease = fmp4.acquire(watch.stream, request.withSound);
    let stream = streams.get(lease.fragments);
    if (stream) lease.release();
    else {
      stream = new HlsStream(watch.stream, lease, request.withSound, partMs, clock);
      streams.set(lease.fragments, stream);
      byEpoch.set(stream.epoch, stream);
    }
    const { fragments } = lease;
    const session: HlsSession = new HlsSession({ watch, watchAnother, reader, stream, clock, withRecap }, () => {
      sessions.delete(session.id);
      const { stream: left } = session;
      if ([...sessions.values()].some((other) => other.stream === left)) return;
      streams.delete(fragments);
      byEpoch.delete(left.epoch);
      left.close();
      log.debug({ camera: request.camera }, 'hls stream ended');
    });
    sessions.set(session.id, session);
    return session;
  };

  return {
    async open(request, suffix, signal) {
      const session = openSession(request);
      try {
        const init = await session.ready(signal);
        return multivariant(session, init, suffix);
      } catch (error) {
        session.close();
        throw error;
      }
    },
    session(epoch, id, right, reader) {
      const session = sessions.get(id);
      if (session?.stream.epoch !== epoch || session.watch.viewer.right !== right || session.reader !== reader)
        throw new GatewayError('not-found', 'This playback has ended. Load index.m3u8 again.');
      return session;
    },
    stream(epoch, mayListen) {
      const stream = byEpoch.get(epoch);
      if (!stream || (stream.withSound && !mayListen))
        throw new GatewayError('not-found', 'This playback has ended. Load index.m3u8 again.');
      return stream;
    },
    get activeStreams() {
      return streams.size;
    },
  };
}

function multivariant(session: HlsSession, init: InitSegment, suffix: string): string {
  const { segmenter, epoch } = session.stream;
  const heldUs = segmenter.segments.flatMap(({ parts }) => parts).reduce((sum, part) => sum + part.durationUs, 0);
  const average = heldUs > 0 ? (segmenter.bytes * 8_000_000) / heldUs : ASSUMED_BITS_PER_SECOND;
  return serializeMultivariantPlaylist({
    uri: `${epoch}/live.m3u8?session=${session.id}${suffix.replace('?', '&')}`,
    averageBandwidth: average,
    peakBandwidth: average * 2,
    codecs: init.hlsCodecs,
    width: init.width,
    height: init.height,
    framesPerSecond: segmenter.frameUs > 0 ? 1_000_000 / segmenter.frameUs : 25,
  });
}
