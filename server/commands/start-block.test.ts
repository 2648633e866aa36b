import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { runCommand } from './run-command.ts';

/** Runs `oriel serve` on free ports until it is ready, and answers with all that it wrote. */
async function serve(isTTY: boolean, data = mkdtempSync(join(tmpdir(), 'oriel-block-'))): Promise<string> {
  let text = '';
  const stop = new AbortController();
  const stdout = Object.assign(new PassThrough(), { isTTY }).on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (text.includes('Ctrl-C')) stop.abort();
  });
  const io = { stdin: new PassThrough(), stdout, stderr: stdout, signal: stop.signal };
  const ports = ['--port', '0', '--webrtc-port', '0', '--rtsp-port', '0'];
  expect(await runCommand(['serve', '--data', data, ...ports], io), text).toBe(0);
  return text;
}

test('the start says in one block where the gateway is, how to get in and what to do next', async () => {
  const [, block = ''] = /^(Oriel is ready[\s\S]*Ctrl-C stops the gateway\.)$/m.exec(await serve(true)) ?? [];
  const url = /^Oriel is ready at (http:\/\/127\.0\.0\.1:\d+)$/m.exec(block)?.[1];
  expect(block).toContain(`  ${url}/setup/`);
  expect(block).toContain('choose "Add a camera"');
  expect(block).toContain('--host 0.0.0.0');
  const [, webrtc, rtsp] = /WebRTC (\d+), RTSP (\d+)/.exec(block) ?? [];
  expect([webrtc, rtsp].map(Number)).not.toContain(0);
  expect(new Set(['8189', '8554', webrtc, rtsp]).size).toBe(4);
});

test('around the block the log is sentences on a terminal and JSON elsewhere', async () => {
  const logOf = (text: string): string[] => {
    const [before = '', after = ''] = text.split(/^Oriel is ready[\s\S]*Ctrl-C.*$/m);
    return `${before}\n${after}`.split('\n').filter((line) => line !== '');
  };
  const sentences = logOf(await serve(true));
  expect(sentences.length).toBeGreaterThan(0);
  for (const line of sentences) expect(line).toMatch(/^\d\d:\d\d:\d\d (?:Warning: |Error: )?[A-Z].*\.$/);
  for (const line of logOf(await serve(false))) expect(JSON.parse(line)).toHaveProperty('msg');
});
