// A test's own end of the wire: it starts the site's worker on a bare page of the same origin and speaks the protocol to
// it, so that training can be watched, killed and resumed without the page's views.
import type { Page } from '@playwright/test';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { site } from './site.ts';

const one = (folder: string, pattern: RegExp) => {
  const found = readdirSync(join(site, folder)).find((name) => pattern.test(name));
  if (found === undefined) throw new Error(`${folder} holds nothing like ${String(pattern)}`);
  return `${folder}/${found}`;
};

interface Wire {
  call<T = never>(kind: string, request: unknown, onProgress?: (news: never) => void): Promise<T>;
  kill(): void;
}
declare global {
  interface Window {
    wire: Wire;
    news: { at: string }[];
  }
}

/** A page that is nothing but an origin, with a worker that has its engine and model. */
export async function connect(page: Page, variant = 'relaxed-threads', threads = 2): Promise<void> {
  if (!page.url().endsWith('licences.txt')) await page.goto('./licences.txt');
  const paths = {
    worker: one('assets', /^worker-.*\.js$/),
    engine: one('engine', new RegExp(`^${variant}\\.`)),
    model: one('models', /./),
    threads,
  };
  await page.evaluate(async ({ worker: script, engine, model, threads: count }) => {
    const at = (path: string) => new URL(path, location.href).href;
    const worker = new Worker(at(script), { type: 'module' });
    const pending = new Map<
      number,
      { resolve: (value: never) => void; reject: (e: Error) => void; news?: (n: never) => void }
    >();
    let next = 1;
    worker.onmessage = ({ data }: MessageEvent<{ id: number } & Record<string, never>>) => {
      const waiting = pending.get(data.id);
      if (!waiting) return;
      if ('progress' in data) return waiting.news?.(data.progress);
      pending.delete(data.id);
      const { message, code } = (data.error ?? {}) as { message?: string; code?: string };
      if (message !== undefined) waiting.reject(new Error(`${String(code)}: ${message}`));
      else waiting.resolve(data.value as never);
    };
    window.news = [];
    window.wire = {
      call: (kind, request, news) =>
        new Promise((resolve, reject) => {
          const id = next++;
          pending.set(id, { resolve, reject, ...(news ? { news } : {}) });
          worker.postMessage({ id, kind, request });
        }),
      kill: () => worker.terminate(),
    };
    const [wasm, config, weights] = await Promise.all([
      WebAssembly.compileStreaming(fetch(at(`${engine}/pinwheel.wasm`))),
      fetch(at(`${model}/config.json`)).then((response) => response.text()),
      fetch(at(`${model}/weights.packed`)).then(({ body }) =>
        new Response(body?.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer(),
      ),
    ]);
    await window.wire.call('start', { engine: at(`${engine}/pinwheel.mjs`), wasm });
    await window.wire.call('load', { config, weights, threads: count });
  }, paths);
}
