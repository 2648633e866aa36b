import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const MODULE = new URL('process-end.ts', import.meta.url).href;

async function end(before: string): Promise<unknown> {
  const script = `import { open } from 'node:fs'; import { endProcess } from ${JSON.stringify(MODULE)}; ${before}; endProcess(3);`;
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', script]);
  const [code, signal] = await once(child, 'exit');
  return signal ?? code;
}

test('a process ends with its code, and does not wait for a file that never answers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'oriel-end-'));
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  expect(await end('')).toBe(3);
  expect(await end(`open(${JSON.stringify(pipe)}, 'r', () => {})`)).toBe('SIGKILL');
  rmSync(folder, { recursive: true });
});
