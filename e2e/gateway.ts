import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import readline from 'node:readline';

/** The built product in a process of its own, as a person starts it. */
export type Gateway = {
  readonly url: string;
  /** Signs one browser in; printed at the first start. */
  readonly signInLink: string;
  readonly data: string;
  readonly pid: number;
  /** Every line of its log so far. */
  readonly log: readonly string[];
  /** SIGTERM, and how it ended. */
  stop(): Promise<{ code: number | null; tookMs: number }>;
  kill(): Promise<void>;
  /** Starts again on the same ports and data. */
  restart(): Promise<void>;
};

export type GatewayOptions = {
  /** Written as the config file. Ports that are not named are free ones. */
  readonly config?: Record<string, unknown>;
  /** Arguments besides; default: the demo cameras in the same process. */
  readonly args?: readonly string[];
  /** Arguments for Node itself. */
  readonly nodeArgs?: readonly string[];
  /** Variables besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
};

const MAIN = path.resolve('dist/server/main.js');
const READY_MS = 15_000;
const STOP_MS = 10_000;

export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const data = mkdtempSync(path.join(tmpdir(), 'oriel-journey-'));
  const given = options.config ?? {};
  const section = (name: string): Record<string, unknown> => (given[name] ?? {}) as Record<string, unknown>;
  const port = Number(section('http').port ?? (await freePort()));
  const config = {
    ...given,
    http: { port, ...section('http') },
    webrtc: { port: await freePort(), ...section('webrtc') },
    rtsp: { port: await freePort(), ...section('rtsp') },
    sources: { lingerSeconds: 1, ...section('sources') },
  };
  const file = path.join(data, 'oriel.json');
  writeFileSync(file, JSON.stringify(config));
  const args = ['serve', '--config', file, '--data', data, ...(options.args ?? ['--demo'])];
  const log: string[] = [];
  const nodeArgs = ['--enable-source-maps', '--max-semi-space-size=2', ...(options.nodeArgs ?? [])];
  let running = await launch(nodeArgs, args, options.env, log, true);
  const signInLink = running.link as string;
  return {
    url: `http://127.0.0.1:${port}`,
    signInLink,
    data,
    log,
    get pid() {
      return running.child.pid as number;
    },
    stop: async () => {
      const startedMs = Date.now();
      const code = await end(running.child, 'SIGTERM');
      rmSync(data, { recursive: true, force: true });
      return { code, tookMs: Date.now() - startedMs };
    },
    kill: async () => void (await end(running.child, 'SIGKILL')),
    restart: async () => {
      await end(running.child, 'SIGTERM');
      running = await launch(nodeArgs, args, options.env, log, false);
    },
  };
}

/** Waits for the line that says it is ready, and at a first start for the link that signs in. */
async function launch(
  nodeArgs: readonly string[],
  args: readonly string[],
  env: GatewayOptions['env'],
  log: string[],
  wantsLink: boolean,
): Promise<{ child: ChildProcess; link: string | undefined }> {
  const child = spawn(process.execPath, [...nodeArgs, MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const from = log.length;
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) readline.createInterface({ input: stream }).on('line', (line) => log.push(line));
  }
  const find = (pattern: RegExp): string | undefined =>
    log
      .slice(from)
      .map((line) => pattern.exec(line)?.[0])
      .find(Boolean);
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const link = find(/http:\/\/\S+\/setup\/\S+/);
    if (find(/Oriel is ready|ready at/) && (link || !wantsLink)) return { child, link };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  throw new Error(`The gateway did not start:\n${log.slice(from).join('\n')}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  const code = await exited;
  clearTimeout(timer);
  return code;
}

/**
 * A port that nobody uses, below those that the system gives to outgoing connections: one of these could be taken again before the
 * gateway listens. Journeys that run side by side look in ranges of their own.
 */
export async function freePort(): Promise<number> {
  const first = 10_000 + Number(process.env.TEST_PARALLEL_INDEX ?? 0) * 5000;
  for (;;) {
    const port = first + Math.floor(Math.random() * 5000);
    if (!given.has(port) && (await isFree(port))) {
      given.add(port);
      return port;
    }
  }
}

const given = new Set<number>();

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const socket = createSocket('udp4');
  try {
    await Promise.all([
      once(server.listen(port, '127.0.0.1'), 'listening'),
      once(socket.bind(port, '127.0.0.1'), 'listening'),
    ]);
    return true;
  } catch {
    return false;
  } finally {
    server.close();
    socket.close();
  }
}

export type Cameras = {
  /** They keep their connections and send nothing, until told otherwise. */
  freeze(isFrozen: boolean): void;
  kill(): Promise<void>;
};

/** So many cameras of the config, over the scenes that `startCameras` plays at this port. */
export function manyCameras(rtspPort: number, count: number): Record<string, string>[] {
  const scenes = ['driveway', 'harbour', 'garden', 'warehouse'];
  return Array.from({ length: count }, (_, at) => {
    const url = `rtsp://127.0.0.1:${rtspPort}/${scenes[at % scenes.length]}`;
    const login = { username: 'demo', password: 'demo-camera' };
    return { id: `camera-${at}`, name: `Camera ${at + 1}`, url: `${url}/main`, substream: `${url}/sub`, ...login };
  });
}

/** The virtual cameras in a process of their own, so that a journey can stop or kill it. */
export async function startCameras(rtspPort: number): Promise<Cameras> {
  const child = spawn(process.execPath, [MAIN, 'demo-cameras', '--rtsp-port', String(rtspPort), '--kasa-port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', () => reject(new Error('The demo cameras did not start.')));
  });
  return {
    freeze: (isFrozen) => void child.kill(isFrozen ? 'SIGSTOP' : 'SIGCONT'),
    kill: async () => void (await end(child, 'SIGKILL')),
  };
}
