import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { assetPath } from '../../server/platform/paths.ts';
import { comeAndGo } from './coming-and-going.ts';

const START = new URL('../../tools/start.mjs', import.meta.url).pathname;
const IDLE_MS = 30_000;
/** This is longer than the gateway waits for a viewer to come back. */
const GIVEN_BACK_AFTER_MS = 45_000;
const TOKEN = 'a-token-of-the-bench-alone';
/** The settings of config.example.yaml, on free ports. */
const CONFIG = { http: { port: 0 }, webrtc: { port: 0 }, rtsp: { port: 0 } };
const CAMERAS = ['drive', 'yard', 'hall', 'roof'].map((id) => ({ id, url: `rtsp://192.0.2.1/${id}` }));

type Started = { readonly url: string; residentMb(): number };

/** The resident memory in MB of the gateway as `npm start` runs it, half a minute after its start and without viewers. */
export function idleGatewayMb(kind: 'demo' | 'four cameras'): Promise<number> {
  const config = kind === 'demo' ? CONFIG : { ...CONFIG, cameras: CAMERAS };
  return withGateway(config, kind === 'demo' ? ['--demo'] : [], async ({ residentMb }) => {
    await sleep(IDLE_MS);
    return residentMb();
  });
}

/** The same memory a while after the last of this many viewers has left. */
export function leftGatewayMb(viewers: number, perSecond: number): Promise<number> {
  const config = {
    ...CONFIG,
    limits: { maxViewers: viewers },
    auth: { tokens: [{ name: 'bench', role: 'viewer', token: TOKEN }] },
    cameras: [{ id: 'clip', url: `clip://${assetPath('main-720p.h264')}` }],
  };
  return withGateway(config, [], async ({ url, residentMb }) => {
    await comeAndGo(`${url}/api/cameras/clip/whep?token=${TOKEN}`, viewers, perSecond);
    await sleep(GIVEN_BACK_AFTER_MS);
    return residentMb();
  });
}

async function withGateway(
  config: object,
  options: readonly string[],
  measure: (gateway: Started) => Promise<number>,
): Promise<number> {
  const data = mkdtempSync(join(tmpdir(), 'oriel-idle-'));
  const file = join(data, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  const args = ['serve', ...options, '--config', file, '--data', data];
  const launcher = spawn(process.execPath, [START, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    let url = '';
    for await (const line of createInterface({ input: launcher.stdout })) {
      url = /^Oriel is ready at (\S+)/.exec(line)?.[1] ?? '';
      if (url !== '') break;
    }
    launcher.stdout.resume();
    const [gateway] = readFileSync(`/proc/${launcher.pid}/task/${launcher.pid}/children`, 'utf8').split(' ');
    const residentMb = (): number =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway}/status`, 'utf8'))?.[1]) / 1024;
    return await measure({ url, residentMb });
  } finally {
    const ended = once(launcher, 'exit');
    launcher.kill();
    await ended;
    rmSync(data, { recursive: true });
  }
}
