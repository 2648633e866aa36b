import { spawn } from 'node:child_process';
import { GatewayError } from '../platform/errors.ts';

export type JudgeResult = { readonly code: number | null; readonly stdout: Buffer; readonly stderr: string };

/**
 * Runs an independent program (ffmpeg, ffprobe, gst-launch-1.0) against ours, for tests. The program is ended after
 * `timeoutMs`, and its exit code is then null.
 */
export function runJudge(program: string, args: readonly string[], timeoutMs = 15_000): Promise<JudgeResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (error) => {
      clearTimeout(timer);
      const message = `${program} cannot be run. Install it, or run npm test as root: it installs what tests need.`;
      reject(new GatewayError('not-found', message, { cause: error }));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
  });
}
