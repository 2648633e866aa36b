import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { type AacConfig, serializeAdtsHeader } from '../../media/audio/aac.ts';
import { OggPacketReader } from '../../media/audio/ogg-packets.ts';

/** ffmpeg reads the sound without buffering it first and writes each packet on its own page. */
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
/** The headers OpusHead and OpusTags. */
const HEADER_PACKETS = 2;
/** An encoder with more unread input than this is stuck. A second of sound is far smaller. */
const MAX_WAITING_BYTES = 256 * 1024;

let installed: Promise<boolean> | undefined;

/** Whether ffmpeg with libopus is installed, which converting AAC to Opus needs. It is checked once. */
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

  /** `onEnd` is called when ffmpeg ends by itself, which should not happen. */
  constructor(config: AacConfig, onPacket: (packet: Uint8Array) => void, onEnd: () => void) {
    this.#config = config;
    this.#child = spawn('ffmpeg', ARGUMENTS, { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child.stdin.on('error', () => undefined); // The end of the process is handled below.
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

  /** Returns false when the frame was left out because ffmpeg is too slow. */
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
