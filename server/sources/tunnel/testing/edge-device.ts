import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { atEnd } from './raw-rig.ts';

const EDGE = path.resolve('edge');

/** Builds the real device, which is written in C. */
export function makeEdgeDevice(): void {
  const { status, stderr } = spawnSync('make', ['-s', 'build/oriel-edge'], { cwd: EDGE, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The dial-in device cannot be built: ${stderr}`);
}

export type EdgeDevice = {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
};

export type EdgeDeviceOptions = {
  readonly gateway: string;
  readonly camera: string;
  readonly token: string;
  readonly name?: string;
  /** What starts it: `ip netns exec …`. */
  readonly before?: readonly string[];
};

/** That device, running. */
export function startEdgeDevice({ gateway, camera, token, name, before = [] }: EdgeDeviceOptions): EdgeDevice {
  const [command = '', ...args] = [
    ...[...before, path.join(EDGE, 'build/oriel-edge'), '--server', gateway],
    ...['--name', name ?? 'warehouse', '--camera', camera],
  ];
  const child: ChildProcess = spawn(command, args, { stdio: 'ignore', env: { ...process.env, ORIEL_TOKEN: token } });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  atEnd(stop);
  return { pid: child.pid as number, kill: (signal) => void child.kill(signal), stop };
}
