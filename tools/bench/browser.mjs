// Chromium, driven: one browser and one server for all that is measured in pages.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serve } from './site.mjs';

const root = join(import.meta.dirname, '..', '..');
const chromium = () =>
  [process.env.PINWHEEL_CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
    (path) => path && existsSync(path),
  );
const quiet = ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update'];
const believe = (count) => Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => count });

/** A server of the built page and what measures beside it; null where there is no Chromium or no built page. */
export async function siteServer(extraFolders) {
  if (!chromium() || !existsSync(join(root, 'build/site/index.html'))) return null;
  return serve({ '/site/': join(root, 'build/site'), '/bench/': join(root, 'tools/bench/web'), ...extraFolders });
}

export function launch() {
  // The page's own tests bring Playwright along.
  const playwright = createRequire(join(root, 'web/package.json'))('@playwright/test');
  return playwright.chromium.launch({ executablePath: chromium(), args: ['--no-sandbox', ...quiet] });
}

/** Null as of siteServer. */
export async function openBrowser(extraFolders) {
  const site = await siteServer(extraFolders);
  if (!site) return null;
  const browser = await launch();
  return {
    version: `Chromium ${browser.version()}`,
    /** `processors`: as many as the page is to believe in. */
    async page(path, { processors } = {}) {
      const context = await browser.newContext();
      if (processors) await context.addInitScript(believe, processors);
      const page = await context.newPage();
      page.setDefaultTimeout(600_000); // a batch of the largest network takes its time
      await page.goto(site.origin + path);
      return { page, close: () => context.close() };
    },
    async close() {
      await browser.close();
      site.close();
    },
  };
}
