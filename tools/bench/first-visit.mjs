// From opening the page for the first time to its first answer on the screen: each time a fresh browser, nothing cached.
// A browser that has just been started is busy with itself for a second or two, and takes both processors of a small
// machine: whoever opens a page in a browser that is open does not wait for that, whoever opens both at once does.
import { setTimeout as pause } from 'node:timers/promises';
import { launch, siteServer } from './browser.mjs';

const visits = 7;
const settled = 3000; // milliseconds that a browser has been open by then
const answered = 'nothing was sent anywhere'; // what the page says below an answer

async function visit(address, since) {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.addInitScript((text) => {
      globalThis.answered = new Promise((resolve) => {
        new MutationObserver((_, observer) => {
          if (!document.body?.textContent.includes(text)) return;
          observer.disconnect();
          resolve(performance.now()); // since the navigation began
        }).observe(document, { subtree: true, childList: true });
      });
    }, answered);
    await pause(since);
    await page.goto(address, { waitUntil: 'commit' });
    return await page.evaluate(() => globalThis.answered);
  } finally {
    await browser.close();
  }
}

/** Milliseconds of each visit, to a browser that was open and to one that was just starting; null without either. */
export async function measureFirstVisits() {
  const site = await siteServer({});
  if (!site) return null;
  const address = `${site.origin}/site/?galaxy=spiral:3`;
  const milliseconds = { open: [], starting: [] };
  for (let i = 0; i < visits; i += 1) {
    milliseconds.open.push(await visit(address, settled));
    milliseconds.starting.push(await visit(address, 0));
  }
  site.close();
  return milliseconds;
}
