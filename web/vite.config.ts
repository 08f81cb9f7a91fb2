import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { fetchEarly } from './vite/early.ts';
import { licences } from './vite/licences.ts';
import { defaultModelFiles, siteFiles } from './vite/site-files.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
// Threads need a page that shares no process with strangers; any static server should send these two.
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
const outDir = process.env.PINWHEEL_SITE ?? here('../build/site');
// Elsewhere than in the checkout when tests say so.
const build = process.env.PINWHEEL_BUILD ?? here('../build');
const models = process.env.PINWHEEL_MODELS ?? here('../models');

export default defineConfig({
  base: './',
  plugins: [
    svelte(),
    siteFiles({ build, models }),
    fetchEarly('/src/page.ts', () => defaultModelFiles(models)),
    licences({
      packages: ['svelte', 'fflate', 'h5wasm', 'uplot', '@fontsource-variable/figtree'],
      modules: here('node_modules'),
      build,
    }),
  ],
  worker: { format: 'es' },
  server: { headers },
  preview: { headers },
  build: { outDir, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  test: { include: ['src/**/*.test.ts', 'vite/**/*.test.ts', '../tools/**/*.test.mjs'], environment: 'node' },
});
