import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serve } from '../api.ts';
import { runCommand } from './run-command.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'oriel-health-'));
});
afterEach(() => rmSync(data, { recursive: true }));

async function health(): Promise<{ code: number; said: string }> {
  const output = new PassThrough();
  const io = { stdin: new PassThrough(), stdout: output, stderr: output, signal: new AbortController().signal };
  const code = await runCommand(['health', '--data', data], io);
  return { code, said: String(output.read() ?? '') };
}

function certificate(): { cert: string; key: string } {
  const [cert, key] = [join(data, 'cert.pem'), join(data, 'key.pem')];
  const subject = ['-subj', '/CN=cameras.example', '-days', '2'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { cert, key };
}

test.each([
  ['http', 'its own port'],
  ['https', 'its own port over TLS'],
])('over %s the gateway is asked at %s, and no longer when it has ended', async (scheme) => {
  const http = { port: 0, ...(scheme === 'https' ? { tls: certificate() } : {}) };
  const config = { http, webrtc: { port: 0 }, rtsp: { port: 0 }, log: { level: 'silent' } };
  const gateway = await serve({ config, data });
  expect(gateway.url.startsWith(`${scheme}:`)).toBe(true);
  expect(await health()).toEqual({ code: 0, said: `${gateway.url} works.\n` });
  await gateway.stop();
  expect(await health()).toEqual({ code: 1, said: `No gateway runs on the data folder ${data}.\n` });
});

test('a gateway that was killed is not taken for a healthy one', async () => {
  writeFileSync(join(data, 'oriel.address'), 'http://127.0.0.1:9\n');
  expect(await health()).toEqual({ code: 1, said: 'The gateway does not answer at http://127.0.0.1:9/healthz.\n' });
});

test('the container asks by this command', () => {
  const [, check = ''] = /^HEALTHCHECK .* CMD (\[.*\])$/m.exec(readFileSync('Dockerfile', 'utf8')) ?? [];
  expect(JSON.parse(check)).toEqual(['node', 'dist/server/main.js', 'health']);
});
