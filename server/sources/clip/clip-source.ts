import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { SourceAdapter, SourceContext, SourceSink, SourceSpec } from '../../hub/source.ts';
import type { Clock } from '../../platform/clock.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import { type Clip, readAnnexBClip, readMp4Clip } from './clip.ts';

/** A clip is held in memory while it plays. */
const MAX_CLIP_BYTES = 128 * 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;
const READ_WITHIN_MS = 30_000;

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
  const extension = path.extname(file).toLowerCase();
  const names = [H264_NAMES, H265_NAMES, MP4_NAMES];
  if (!names.some((known) => known.has(extension))) {
    throw new GatewayError('not-supported', 'A clip is a file whose name ends in .h264, .h265 or .mp4.');
  }
  const bytes = await readClipFile(file, signal);
  const fps = searchParams.has('fps') ? Number(searchParams.get('fps')) : undefined;
  if (fps !== undefined && !(fps > 0 && fps <= 240))
    throw new GatewayError('config-invalid', 'fps in a clip address is a number from 1 to 240.');
  if (H264_NAMES.has(extension)) return readAnnexBClip(bytes, 'h264', fps);
  if (H265_NAMES.has(extension)) return readAnnexBClip(bytes, 'h265', fps);
  return readMp4Clip(bytes);
}

const H264_NAMES: ReadonlySet<string> = new Set(['.h264', '.264', '.avc']);
const MP4_NAMES: ReadonlySet<string> = new Set(['.mp4', '.m4v', '.mov']);
const H265_NAMES: ReadonlySet<string> = new Set(['.h265', '.265', '.hevc']);

async function readClipFile(file: string, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await withDeadline(readRegularFile(file, signal), signal);
  } catch (error) {
    if (signal.aborted) return new Uint8Array();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      const message = `There is no clip file ${path.basename(file)}. Check the path in the camera's address.`;
      throw new GatewayError('no-such-path', message);
    }
    throw asGatewayError(error);
  }
}

/** Without waiting: opening a pipe that nobody writes to would hold a thread, and with it the end of the process, for ever. */
async function readRegularFile(file: string, signal: AbortSignal): Promise<Uint8Array> {
  const name = path.basename(file);
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new GatewayError('not-supported', `The clip ${name} is no ordinary file.`);
    if (found.size > MAX_CLIP_BYTES) throw new GatewayError('too-large', `The clip ${name} is larger than 128 MB.`);
    const bytes = new Uint8Array(found.size);
    for (let at = 0; at < bytes.length; ) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(bytes, at, Math.min(PIECE_BYTES, bytes.length - at), at);
      if (bytesRead === 0) return bytes.subarray(0, at); // It was cut off meanwhile.
      at += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}

/** A network folder whose server is gone never answers. */
async function withDeadline(reading: Promise<Uint8Array>, signal: AbortSignal): Promise<Uint8Array> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(READ_WITHIN_MS)]);
  const given = new Promise<never>((_resolve, reject) => {
    const message = 'The clip file could not be read in time. Check the disk or the network folder that it lies on.';
    late.addEventListener('abort', () => reject(new GatewayError('timeout', message)), { once: true });
  });
  return Promise.race([reading, given]);
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
