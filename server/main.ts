#!/usr/bin/env -S node --enable-source-maps --max-semi-space-size=2
import { ERROR_EXIT, runCommand } from './commands/run-command.ts';
import { endProcess } from './platform/process-end.ts';

const stop = new AbortController();
let asked = 0;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stop.abort();
    if (++asked > 1) process.exit(ERROR_EXIT); // Asked twice: no more waiting for sockets to close.
  });
}
// A reader such as `| head` that went away is the normal end of `oriel cat`, a terminal that was closed that of `oriel serve`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' || error.code === 'EIO') stop.abort();
  else throw error;
});

const code = await runCommand(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stop.signal,
});
// Everything is closed by now. Left to end by itself, Node 20 at times spins for ever in Environment::CleanupHandles, where it
// counts requests that are long over.
process.stdout.write('', () => endProcess(code));
