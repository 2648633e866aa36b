import type { Readable } from 'node:stream';
import type { ReadStream } from 'node:tty';
import type { CommandIo } from './command.ts';
import { UsageError } from './command.ts';

const MAX_LENGTH = 1024;
const BACKSPACE = /[\b\u007f]/;
const CTRL_C = '\u0003';

/** Reads a password from a terminal without showing it, or from the first line of piped input. */
export async function readPassword(io: CommandIo): Promise<string> {
  const terminal = io.stdin as Readable & Partial<ReadStream>;
  if (!terminal.isTTY) return firstLine(io.stdin);
  io.stderr.write('Password (not shown): ');
  terminal.setRawMode?.(true);
  try {
    return await typedLine(io.stdin);
  } finally {
    terminal.setRawMode?.(false);
    io.stderr.write('\n');
    io.stdin.pause();
  }
}

async function firstLine(input: Readable): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    text += String(chunk);
    if (text.includes('\n') || text.length > MAX_LENGTH) break;
  }
  return (text.split(/\r?\n/)[0] ?? '').slice(0, MAX_LENGTH);
}

async function typedLine(input: Readable): Promise<string> {
  let line = '';
  for await (const chunk of input.iterator({ destroyOnReturn: false })) {
    for (const key of String(chunk)) {
      if (key === CTRL_C) throw new UsageError('No password was given.');
      if (key === '\r' || key === '\n') return line;
      line = BACKSPACE.test(key) ? line.slice(0, -1) : line + key;
    }
  }
  return line;
}
