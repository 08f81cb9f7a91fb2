// From opening the page for the first time to its first answer on the screen: each time a fresh browser, nothing cached.
import { launch, siteServer } from './browser.mjs';

const visits = 7;
const answered = 'nothing was sent anywhere'; // what the page says below an answer

async function visit(address) {
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
    await page.goto(address, { waitUntil: 'commit' });
    return await page.evaluate(() => globalThis.answered);
  } finally {
    await browser.close();
  }
}

/** Milliseconds of each visit; null where there is no browser or no built page. */
export async function measureFirstVisits() {
  const site = await siteServer({});
  if (!site) return null;
  const milliseconds = [];
  for (let i = 0; i < visits; i += 1) milliseconds.push(await visit(`${site.origin}/site/?galaxy=spiral:3`));
  site.close();
  return milliseconds;
}
