import { defineConfig } from '@playwright/test';
import { CHROMIUM_ARGS } from './e2e/chromium-args.ts';

/** These judge time, sound or memory: they run one at a time, with the machine to themselves. */
const MEASURED = [
  'aac-sound',
  'b-frames',
  'conformance',
  'dahua',
  'dashboard-engines',
  'frozen',
  'hundred-viewers',
  'kasa',
  'killed-browser',
  'loss-repair',
  'many-*',
  'page-connection',
  'player*',
  'webrtc',
].map((name) => `**/${name}.spec.ts`);

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/journeys',
  timeout: 90_000,
  expect: { timeout: 15_000 },
  // `npm test` runs the pages two at a time.
  workers: 1,
  retries: process.env.CI ? 1 : 0,
  reporter: [['list'], ['json', { outputFile: 'test-results/journeys.json' }]],
  projects: [
    { name: 'pages', testIgnore: MEASURED },
    { name: 'measured', testMatch: MEASURED },
  ],
  use: {
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: CHROMIUM_ARGS,
    },
  },
});
