// A training whose tab somebody left for another. Playwright tells every page that it is in front, and the browser not to
// slow anything down; so these tabs are the browser's own, spoken to by its protocol, and it may slow them as it likes.
import { expect, test, type Browser } from '@playwright/test';
import config from '../playwright.config.ts';

test.use({
  launchOptions: {
    ...config.use?.launchOptions,
    ignoreDefaultArgs: [
      '--disable-background-timer-throttling',
      '--disable-renderer-backgrounding',
      '--disable-backgrounding-occluded-windows',
    ],
  },
});

interface Tab {
  /** Undefined when the tab went to another page in the middle of it. */
  evaluate: <T>(expression: string) => Promise<T | undefined>;
}
interface Reply {
  id: number;
  result?: { result: { value: never } };
}

/** Opens tabs, each in front of the one before it. */
async function tabs(browser: Browser): Promise<(url: string) => Promise<Tab>> {
  const root = await browser.newBrowserCDPSession();
  const waiting = new Map<number, (reply: Reply) => void>();
  let next = 1;
  root.on('Target.receivedMessageFromTarget', ({ message }) => {
    const reply = JSON.parse(message) as Reply;
    waiting.get(reply.id)?.(reply);
  });
  return async (url) => {
    const { targetId } = await root.send('Target.createTarget', { url });
    const { sessionId } = await root.send('Target.attachToTarget', { targetId, flatten: false });
    const evaluate = async <T>(expression: string): Promise<T | undefined> => {
      const id = next++;
      const params = { expression, awaitPromise: true, returnByValue: true };
      const reply = new Promise<Reply>((resolve) => waiting.set(id, resolve));
      await root.send('Target.sendMessageToTarget', {
        sessionId,
        message: JSON.stringify({ id, method: 'Runtime.evaluate', params }),
      });
      return (await reply).result?.result.value;
    };
    return { evaluate };
  };
}

async function press(tab: Tab, name: string): Promise<void> {
  const click = `(() => {
    const button = [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === '${name}');
    if (!button || button.disabled) return false;
    button.click();
    return true;
  })()`;
  await expect.poll(() => tab.evaluate<boolean>(click), { timeout: 60_000, message: name }).toBe(true);
}
const timersIn = (tab: Tab) =>
  tab.evaluate<number>(`new Promise((resolve) => {
    let fired = 0;
    const begun = performance.now();
    const fire = () => (performance.now() - begun > 2000 ? resolve(fired) : ((fired += 1), setTimeout(fire, 10)));
    fire();
  })`);

test('a training in a tab behind another goes on to its end', async ({ browser, baseURL }) => {
  const open = await tabs(browser);
  const tab = await open(`${baseURL ?? ''}#teach`);
  await press(tab, 'Render a class of galaxies');
  await press(tab, 'Choose a network');
  await press(tab, 'Go to training');
  await press(tab, 'Start training');
  await expect.poll(() => tab.evaluate<string>('document.title'), { timeout: 60_000 }).toMatch(/epoch \d+ of/);

  await open('about:blank');
  await expect.poll(() => tab.evaluate<string>('document.visibilityState')).toBe('hidden');
  const timers = await timersIn(tab);
  const begun = Date.now();
  await expect
    .poll(() => tab.evaluate<string>('document.title'), { timeout: 100_000 })
    .toMatch(/^Finished · \d+ % right/);
  expect(await tab.evaluate<string>('document.visibilityState')).toBe('hidden');
  console.log(
    `behind another tab, where timers went off ${String(timers)} times in 2 s, ` +
      `training ended after ${((Date.now() - begun) / 1000).toFixed(0)} s`,
  );
});
