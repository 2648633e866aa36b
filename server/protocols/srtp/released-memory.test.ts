import { createCipheriv } from 'node:crypto';
import { expect, it } from 'vitest';
import { releaseMemory } from './released-memory.ts';

const MEGABYTE = 1024 * 1024;

it('frees an array of node:crypto at once', () => {
  const cipher = createCipheriv('aes-128-ecb', new Uint8Array(16), null);
  const input = new Uint8Array(MEGABYTE);
  const before = process.memoryUsage().arrayBuffers;
  for (let count = 0; count < 20; count++) {
    const output = cipher.update(input);
    expect(output).toHaveLength(MEGABYTE);
    releaseMemory(output);
    expect(output).toHaveLength(0);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MEGABYTE);
  }
});
