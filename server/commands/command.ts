import type { Readable, Writable } from 'node:stream';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { GatewayError } from '../platform/errors.ts';

/** What a command may use of its process. */
export type CommandIo = {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
};

/** One file of this folder. `run` returns the exit code: 0 for success, 1 for a failed task, 2 for wrong usage. */
export type Command = {
  readonly help: string;
  run(args: readonly string[], io: CommandIo): Promise<number>;
};

/** Wrong usage: a sentence that also names the help text. The exit code is 2. */
export class UsageError extends GatewayError {
  constructor(message: string) {
    super('bad-request', message);
  }
}

/** Node's parseArgs, whose errors become a UsageError. */
export function parseOptions<T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
): { values: ReturnType<typeof parseArgs<{ options: T; strict: true }>>['values']; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { values: values as never, positionals };
  } catch (error) {
    const [sentence = 'unknown option'] = (error as Error).message.split('. ');
    throw new UsageError(`${sentence}.`);
  }
}

/** A whole number within bounds, or a UsageError that names the option. */
export function parseCount(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new UsageError(`--${name} takes a whole number from ${min} to ${max}, not ${text}.`);
  }
  return value;
}
