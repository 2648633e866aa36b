import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { VideoCodec } from '../../../shared/camera.ts';
import { joinAnnexB } from '../../media/video/annex-b.ts';
import { GatewayError } from '../../platform/errors.ts';

const TIMEOUT_MS = 8000;
const MAX_JPEG_BYTES = 16 * 1024 * 1024;
const DEMUXER: Record<VideoCodec, string> = { h264: 'h264', h265: 'hevc' };

/** Turns one key frame into a JPEG with the system's ffmpeg, so that a crash of the decoder does not affect the gateway. */
export function jpegOfKeyFrame(codec: VideoCodec, payload: readonly Uint8Array[]): Promise<Uint8Array> {
  const input = ['-f', DEMUXER[codec], '-i', 'pipe:0'];
  const output = ['-frames:v', '1', '-q:v', '4', '-f', 'mjpeg', 'pipe:1'];
  const args = ['-hide_banner', '-loglevel', 'error', '-threads', '1', ...input, ...output];
  const child = spawn('ffmpeg', args, { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => undefined); // ffmpeg may stop reading before the end.
  child.stdin.end(joinAnnexB(payload));
  return collect(child);
}

function collect(child: ChildProcessByStdio<Writable, Readable, null>): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_JPEG_BYTES) child.kill('SIGKILL');
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(
        new GatewayError('not-supported', 'Stills need ffmpeg. Install it where the gateway runs.', { cause: error }),
      );
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      if (code === 0 && bytes > 0) resolve(Buffer.concat(chunks));
      else reject(new GatewayError('bad-data', 'The camera sent a picture that cannot be decoded.'));
    });
  });
}
