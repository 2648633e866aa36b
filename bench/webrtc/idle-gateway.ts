import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const START = new URL('../../tools/start.mjs', import.meta.url).pathname;
const IDLE_MS = 30_000;
/** As in config.example.yaml, on free ports. */
const CONFIG = { http: { port: 0 }, webrtc: { port: 0 }, rtsp: { port: 0 } };
const CAMERAS = ['drive', 'yard', 'hall', 'roof'].map((id) => ({ id, url: `rtsp://192.0.2.1/${id}` }));

/** Resident memory, in MB, of the gateway as `npm start` runs it, half a minute after its start; nobody watches. */
export async function idleGatewayMb(kind: 'demo' | 'four cameras'): Promise<number> {
  const data = mkdtempSync(join(tmpdir(), 'oriel-idle-'));
  const config = join(data, 'config.json');
  writeFileSync(config, JSON.stringify(kind === 'demo' ? CONFIG : { ...CONFIG, cameras: CAMERAS }));
  const args = ['serve', ...(kind === 'demo' ? ['--demo'] : []), '--config', config, '--data', data];
  const launcher = spawn(process.execPath, [START, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    for await (const line of createInterface({ input: launcher.stdout })) if (line.startsWith('Oriel is ready')) break;
    launcher.stdout.resume();
    await sleep(IDLE_MS);
    const [gateway] = readFileSync(`/proc/${launcher.pid}/task/${launcher.pid}/children`, 'utf8').split(' ');
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway}/status`, 'utf8'))?.[1]) / 1024;
  } finally {
    const ended = once(launcher, 'exit');
    launcher.kill();
    await ended;
    rmSync(data, { recursive: true });
  }
}
