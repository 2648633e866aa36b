import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What came out of the loudspeaker, in steps of STEP_MS. */
export type Heard = {
  /** Loudness of each step, from 0 to 1. */
  readonly levels: readonly number[];
  /** Pauses between the first and the last sound, milliseconds. */
  readonly gapsMs: readonly number[];
};

/** A loudspeaker that nobody hears, and a microphone in front of it: what a browser really plays, whatever engine it has. */
export type Ears = {
  /** For the browser's process. */
  readonly env: Readonly<Record<string, string>>;
  listen(forMs: number): Promise<Heard>;
  /** Waits until the demo's sound is there. */
  expectSound(withinMs?: number): Promise<void>;
  close(): Promise<void>;
};

const RATE_HZ = 48_000;
const STEP_MS = 5;
const START_MS = 10_000;
/** The demo's hum is twenty times as loud. */
const QUIET = 0.004;
/** A tenth of the demo's pulse, which comes every second. */
export const AUDIBLE = 0.03;

/** PulseAudio of its own, with a sink that leads nowhere. */
export async function growEars(): Promise<Ears> {
  for (const program of ['/usr/bin/pulseaudio', '/usr/bin/parec'])
    if (!existsSync(program)) throw new Error(`${program} is missing: apt-get install pulseaudio pulseaudio-utils.`);
  const home = mkdtempSync(path.join(tmpdir(), 'oriel-ears-'));
  const socket = path.join(home, 'native');
  const env = { PULSE_SERVER: `unix:${socket}` };
  const inHome = { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, PULSE_RUNTIME_PATH: home };
  const options = ['-n', '--daemonize=no', '--exit-idle-time=-1', '--disable-shm=yes', '--use-pid-file=no'];
  const modules = [
    `module-null-sink sink_name=nowhere rate=${RATE_HZ}`,
    `module-native-protocol-unix socket=${socket} auth-anonymous=1`,
  ];
  const server = spawn('/usr/bin/pulseaudio', [...options, ...modules.flatMap((module) => ['-L', module])], {
    stdio: 'ignore',
    env: inHome,
  });
  for (const endsAt = Date.now() + START_MS; !existsSync(socket); await sleep(50))
    if (Date.now() > endsAt || server.exitCode !== null) throw new Error('PulseAudio did not start.');
  const listen: Ears['listen'] = async (forMs) => {
    const format = ['--format=s16le', `--rate=${RATE_HZ}`, '--channels=1', '--latency-msec=20'];
    const recorder = spawn('/usr/bin/parec', ['--device=nowhere.monitor', ...format], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...inHome, ...env },
    });
    const chunks: Buffer[] = [];
    recorder.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    await sleep(forMs);
    await end(recorder);
    return judge(Buffer.concat(chunks));
  };
  return {
    env,
    listen,
    expectSound: async (withinMs = 20_000) => {
      const endsAt = Date.now() + withinMs;
      while (Math.max(0, ...(await listen(1500)).levels) < AUDIBLE)
        if (Date.now() > endsAt) throw new Error('The loudspeaker stays silent.');
    },
    close: async () => {
      await end(server);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function judge(recorded: Buffer): Heard {
  const stepSamples = (RATE_HZ * STEP_MS) / 1000;
  const levels: number[] = [];
  for (let at = 0; at + stepSamples * 2 <= recorded.length; at += stepSamples * 2) {
    let sum = 0;
    for (let sample = 0; sample < stepSamples; sample++) sum += (recorded.readInt16LE(at + sample * 2) / 32_768) ** 2;
    levels.push(Math.sqrt(sum / stepSamples));
  }
  const gapsMs: number[] = [];
  let quietSteps = Number.NEGATIVE_INFINITY;
  for (const level of levels) {
    if (level >= QUIET && quietSteps > 0) gapsMs.push(quietSteps * STEP_MS);
    quietSteps = level >= QUIET ? 0 : quietSteps + 1;
  }
  return { levels, gapsMs };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await exited;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
