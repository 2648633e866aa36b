import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

export type OrielProcess = {
  readonly child: ChildProcess;
  /** All that was written to standard output and standard error. */
  text(): string;
  /** Resolves with what the pattern found in the text; rejects when the process ends before. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Ends it, however it goes on. */
  kill(signal?: NodeJS.Signals): Promise<void>;
};

export type ProcessOptions = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
};

/** `oriel …` as a process of its own. */
export function startOriel(args: readonly string[], { cwd, env = {} }: ProcessOptions = {}): OrielProcess {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), MAIN, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const listeners = new Set<() => void>();
  const hear = (chunk: Buffer): void => {
    text += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  return {
    child,
    text: () => text,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(text);
          if (!found) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`It ended without saying ${pattern}: ${text}`)));
      }),
    ended,
    kill: async (signal = 'SIGKILL') => {
      child.kill(signal);
      await ended;
    },
  };
}
