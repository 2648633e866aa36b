import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { SourceAdapter, SourceContext, SourceSink, SourceSpec } from '../../hub/source.ts';
import type { Clock } from '../../platform/clock.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import { type Clip, readAnnexBClip, readMp4Clip } from './clip.ts';

const MAX_CLIP_BYTES = 512 * 1024 * 1024;

/** `clip:///path/file.h264|h265|mp4[?fps=25]`: a file that plays as if it were a camera, round and round. */
export function createClipSource(spec: SourceSpec, context: Pick<SourceContext, 'clock'>): SourceAdapter {
  return {
    async run(sink, signal) {
      sink.step('connecting');
      const clip = await loadClip(spec.url, signal);
      if (signal.aborted) return;
      sink.tracks(clip.tracks);
      sink.step('waiting-for-picture');
      await play(clip, sink, context.clock, signal);
    },
  };
}

async function loadClip(url: string, signal: AbortSignal): Promise<Clip> {
  const { pathname, searchParams } = new URL(url);
  const file = decodeURIComponent(pathname);
  const bytes = await readClipFile(file, signal);
  const fps = searchParams.has('fps') ? Number(searchParams.get('fps')) : undefined;
  if (fps !== undefined && !(fps > 0 && fps <= 240))
    throw new GatewayError('config-invalid', 'fps in a clip address is a number from 1 to 240.');
  const extension = path.extname(file).toLowerCase();
  if (H264_NAMES.has(extension)) return readAnnexBClip(bytes, 'h264', fps);
  if (H265_NAMES.has(extension)) return readAnnexBClip(bytes, 'h265', fps);
  if (MP4_NAMES.has(extension)) return readMp4Clip(bytes);
  throw new GatewayError('not-supported', 'A clip is a file whose name ends in .h264, .h265 or .mp4.');
}

const H264_NAMES: ReadonlySet<string> = new Set(['.h264', '.264', '.avc']);
const MP4_NAMES: ReadonlySet<string> = new Set(['.mp4', '.m4v', '.mov']);
const H265_NAMES: ReadonlySet<string> = new Set(['.h265', '.265', '.hevc']);

async function readClipFile(file: string, signal: AbortSignal): Promise<Uint8Array> {
  const name = path.basename(file);
  try {
    const { size } = await stat(file);
    if (size > MAX_CLIP_BYTES) throw new GatewayError('too-large', `The clip ${name} is larger than 512 MB.`);
    return await readFile(file, { signal });
  } catch (error) {
    if (signal.aborted) return new Uint8Array();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new GatewayError('no-such-path', `There is no clip file ${name}. Check the path in the camera's address.`);
    throw asGatewayError(error);
  }
}

/** Unit by unit against the clock, so that a late timer never makes the clip slower. */
function play(clip: Clip, sink: SourceSink, clock: Clock, signal: AbortSignal): Promise<void> {
  const startUs = clock.nowUs();
  let next = 0;
  let roundUs = 0;
  let cancel = (): void => {};
  const publishDue = (): void => {
    for (;;) {
      const unit = clip.units[next];
      if (!unit) {
        next = 0;
        roundUs += clip.durationUs;
        continue;
      }
      const nowUs = clock.nowUs();
      const dueUs = startUs + roundUs + unit.sendUs;
      if (dueUs > nowUs) {
        cancel = clock.after((dueUs - nowUs) / 1000, publishDue);
        return;
      }
      next++;
      const { track, keyframe, payload } = unit;
      sink.publish({ track, ptsUs: roundUs + unit.timeUs, receivedUs: nowUs, keyframe, payload });
    }
  };
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener(
      'abort',
      () => {
        cancel();
        resolve();
      },
      { once: true },
    );
    publishDue();
  });
}
