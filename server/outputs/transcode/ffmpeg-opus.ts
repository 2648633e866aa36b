import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { type AacConfig, serializeAdtsHeader } from '../../media/audio/aac.ts';
import { OggPacketReader } from '../../media/audio/ogg-packets.ts';

/** Sound enters without being collected first, and each packet leaves on a page of its own. */
const ARGUMENTS = [
  ...['-hide_banner', '-loglevel', 'error', '-threads', '1'],
  ...['-fflags', 'nobuffer', '-flags', 'low_delay', '-probesize', '2048', '-analyzeduration', '0'],
  ...['-f', 'aac', '-i', 'pipe:0'],
  ...[
    '-c:a',
    'libopus',
    '-application',
    'lowdelay',
    '-frame_duration',
    '20',
    '-b:a',
    '64k',
    '-ar',
    '48000',
    '-ac',
    '2',
  ],
  ...['-f', 'ogg', '-page_duration', '1', '-flush_packets', '1', 'pipe:1'],
];
/** OpusHead and OpusTags. */
const HEADER_PACKETS = 2;
/** An encoder that takes nothing is stuck: what a second of sound needs is far less. */
const MAX_WAITING_BYTES = 256 * 1024;

let installed: Promise<boolean> | undefined;

/** Asked once: AAC becomes Opus only where ffmpeg with libopus is installed. */
export function canMakeOpus(): Promise<boolean> {
  installed ??= new Promise((resolve) => {
    execFile('ffmpeg', ['-hide_banner', '-encoders'], { timeout: 5000 }, (error, stdout) =>
      resolve(!error && stdout.includes('libopus')),
    );
  });
  return installed;
}

/** One ffmpeg that turns AAC frames into Opus packets of 20 ms. */
export class FfmpegOpus {
  readonly #config: AacConfig;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #reader = new OggPacketReader();
  #headers = HEADER_PACKETS;

  /** `onEnd` when it ends by itself, which is never wanted. */
  constructor(config: AacConfig, onPacket: (packet: Uint8Array) => void, onEnd: () => void) {
    this.#config = config;
    this.#child = spawn('ffmpeg', ARGUMENTS, { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child.stdin.on('error', () => undefined); // Its end is heard below.
    this.#child.stdout.on('data', (chunk: Buffer) => {
      try {
        for (const packet of this.#reader.push(chunk)) {
          if (this.#headers > 0) this.#headers--;
          else onPacket(packet);
        }
      } catch {
        onEnd();
      }
    });
    this.#child.once('error', onEnd);
    this.#child.once('exit', onEnd);
  }

  /** False when the frame was left out because ffmpeg does not keep up. */
  push(frame: Uint8Array): boolean {
    const { stdin } = this.#child;
    if (!stdin.writable || stdin.writableLength > MAX_WAITING_BYTES) return false;
    stdin.write(serializeAdtsHeader(this.#config, frame.length));
    stdin.write(frame);
    return true;
  }

  close(): void {
    this.#child.removeAllListeners();
    this.#child.stdout.removeAllListeners();
    this.#child.once('error', () => undefined);
    this.#child.kill('SIGKILL');
  }
}
