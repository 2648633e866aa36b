import type { Writable } from 'node:stream';
import type { Logger } from 'pino';
import type { Quality } from '../../../shared/camera.ts';
import type { CameraId } from '../../../shared/ids.ts';
import { awaitCamera } from '../../hub/camera-wait.ts';
import type { Hub, Watch } from '../../hub/hub.ts';
import type { Stream } from '../../hub/stream.ts';
import type { ViewerDescription } from '../../hub/viewer.ts';
import type { InitSegment } from '../../media/mp4/fmp4-init.ts';
import type { Clock } from '../../platform/clock.ts';
import type { FragmentStream } from './fragment-stream.ts';
import { type FragmentLease, FragmentStreams } from './fragment-streams.ts';
import { LiveMp4Writer } from './live-mp4-writer.ts';

export type OutputParts = { readonly hub: Hub; readonly clock: Clock; readonly log: Logger };

export type LiveRequest = {
  readonly camera: CameraId;
  readonly quality: Quality;
  readonly withSound: boolean;
  /** Whether the viewer may get the current group of pictures as a recap. */
  readonly withRecap: boolean;
  /** Who watches: the facts that the output does not know by itself. */
  readonly viewer: Omit<ViewerDescription, 'kind' | 'statistics' | 'aliveUntilUs' | 'end'>;
};

/** A live.mp4 that is ready to be sent. */
export type LiveMp4 = {
  readonly init: InitSegment;
  start(target: Writable): void;
};

export type Fmp4Output = {
  /** The shared fragments of a stream that the caller watches, for other outputs in the same format. */
  acquire(stream: Stream, withSound: boolean): FragmentLease;
  /** Watches the camera and waits for its first key frame. Rejects with a GatewayError. */
  openLive(request: LiveRequest, signal: AbortSignal): Promise<LiveMp4>;
  /** How many streams are being written. There are none when nobody watches. */
  readonly activeStreams: number;
};

/** fMP4, which is written once per stream: for live.mp4, and for LL-HLS, which is cut from it. */
export function createFmp4Output({ hub, clock, log }: OutputParts): Fmp4Output {
  const streams = new FragmentStreams();

  const openLive: Fmp4Output['openLive'] = async (request, signal) => {
    const abandoned = new AbortController();
    const watch: Watch = hub.watch(request.camera, request.quality, {
      ...request.viewer,
      kind: 'mp4',
      statistics: () => ({ skippedFrames: viewer.skippedFrames }),
      aliveUntilUs: (nowUs) => viewer.aliveUntilUs(nowUs),
      end: (reason) => {
        abandoned.abort(reason);
        viewer.end();
      },
    });
    const lease = streams.acquire(watch.stream, request.withSound);
    const viewer = new LiveMp4Writer(watch, lease.fragments, clock, () => {
      lease.release();
      log.debug({ viewer: watch.viewer.id, skippedFrames: viewer.skippedFrames }, 'live mp4 ended');
    });
    try {
      const gone = AbortSignal.any([signal, abandoned.signal]);
      const init = await awaitInit(watch.stream, lease.fragments, clock, gone);
      return { init: lease.fragments.init ?? init, start: (target) => viewer.start(target, request.withRecap) };
    } catch (error) {
      viewer.close();
      throw error;
    }
  };

  return {
    acquire: (stream, withSound) => streams.acquire(stream, withSound),
    openLive,
    get activeStreams() {
      return streams.size;
    },
  };
}

/** Waits for the first key frame, because it contains what a decoder must know. */
export function awaitInit(
  stream: Stream,
  fragments: FragmentStream,
  clock: Clock,
  signal: AbortSignal,
): Promise<InitSegment> {
  const look = (): InitSegment | undefined => {
    if (fragments.ended) throw fragments.ended;
    return fragments.init;
  };
  return awaitCamera(stream, { clock, signal, look });
}
