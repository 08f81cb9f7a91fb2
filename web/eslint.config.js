// Flat configuration: TypeScript's strict rules everywhere, Svelte's where there are components, and one house rule:
// what is on the screen never imports what runs in the worker.
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
  { ignores: ['node_modules', 'test-results', 'playwright-report', 'src/engine/pinwheel.d.ts'] },
  js.configs.recommended,
  ts.configs.strict,
  svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser } } },
  { files: ['*.js', '*.ts', 'vite/**', 'e2e/**'], languageOptions: { globals: { ...globals.node } } },
  { files: ['public/isolation.js'], languageOptions: { globals: { ...globals.serviceworker } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    files: ['src/ui/**', 'src/state/**', 'src/galaxy/**', 'src/engine/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['**/worker/*', '!**/worker/worker?worker*'] }] },
  },
  { rules: { 'no-undef': 'off' } },
);
