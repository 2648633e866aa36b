import { defineConfig } from 'vitest/config';

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    include: [
      'shared/**/*.test.ts',
      'server/**/*.test.ts',
      'web/src/**/*.test.{ts,tsx}',
      'tools/**/*.test.mjs',
      'edge/**/*.test.ts',
    ],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    // What passes only at its second try is named at the end of `npm test` and not counted as passed.
    retry: process.env.CI ? 1 : 0,
    coverage: { provider: 'v8', include: ['server/media/**', 'server/protocols/**'], exclude: ['**/*.test.ts'] },
  },
});
