// Tests of the built site (build/site) in the system's Chromium. `npm run build` comes first.
import { defineConfig } from '@playwright/test';
import { site } from './e2e/site.ts';

const port = 4199;

export default defineConfig({
  testDir: 'e2e',
  outputDir: '../build/playwright',
  timeout: 120_000,
  expect: { timeout: 20_000 },
  workers: 1, // timings and long tasks are measured: one at a time
  forbidOnly: true,
  use: {
    baseURL: `http://localhost:${String(port)}/`,
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    browserName: 'chromium',
    launchOptions: {
      executablePath: process.env.PINWHEEL_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command: `npx vite preview --port ${String(port)} --strictPort --outDir ${site} --logLevel warn`,
    url: `http://localhost:${String(port)}/`,
    reuseExistingServer: false,
  },
});
