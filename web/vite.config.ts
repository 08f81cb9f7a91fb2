import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { licences, siteFiles, tellWeight } from './vite/site-files.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
// Threads need a page that shares no process with strangers; any static server should send these two.
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
const outDir = process.env.PINWHEEL_SITE ?? here('../build/site');
const inEngine = [
  'The engine (engine/*/pinwheel.wasm) contains, each under its own licence as found in its sources:',
  'XNNPACK, pthreadpool, FXdiv, FP16 (BSD); zlib (zlib); stb_image (public domain or MIT); nlohmann/json (MIT);',
  'the runtime libraries of Emscripten, musl and LLVM (MIT, Apache 2.0 with LLVM exception).',
].join('\n');
// Elsewhere than in the checkout when tests say so.
const build = process.env.PINWHEEL_BUILD ?? here('../build');
const models = process.env.PINWHEEL_MODELS ?? here('../models');

export default defineConfig({
  base: './',
  plugins: [
    svelte(),
    siteFiles({ build, models }),
    licences(['svelte', 'fflate', 'h5wasm', 'uplot', '@fontsource-variable/figtree'], here('node_modules'), inEngine),
    tellWeight(3_000_000),
  ],
  worker: { format: 'es' },
  server: { headers },
  preview: { headers },
  build: { outDir, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  test: { include: ['src/**/*.test.ts', 'vite/**/*.test.ts'], environment: 'node' },
});
