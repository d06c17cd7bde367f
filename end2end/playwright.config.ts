import { defineConfig } from '@playwright/test';

import { launchOptions } from './parts/chromium.mjs';

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  // One browser and one server at a time: journeys measure waiting times on machines of two cores.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    launchOptions,
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    // Pages are to come from the server, but where a journey is about the opposite.
    serviceWorkers: 'block',
  },
});
