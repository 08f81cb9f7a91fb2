// What the page is served with besides its own code: the engines that CMake built (build/wasm-*/engine) and the models
// (models/*/). Copied into the site, served as they are in development, and listed for the page as `virtual:site-files`.
// A folder's name carries a hash of its content, so a page never meets an engine of another day in the browser's cache.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { toPlanes } from '../src/files/planes.ts';

interface Served {
  path: string; // below the site's root
  content: Buffer;
}
interface Folder {
  path: string;
  files: Served[];
}

const id = 'virtual:site-files';
const presets = { 'relaxed-threads': 'wasm-relaxed-threads', 'simd-threads': 'wasm-simd-threads', simd: 'wasm-simd' };
const types: Record<string, string> = { mjs: 'text/javascript', wasm: 'application/wasm', json: 'application/json' };
const suffix = (name: string) => name.slice(name.lastIndexOf('.') + 1);

function folder(root: string, name: string, contents: Record<string, Buffer>): Folder {
  const hash = createHash('sha256');
  for (const [file, content] of Object.entries(contents)) hash.update(file).update(content);
  const path = `${root}/${name}.${hash.digest('hex').slice(0, 8)}`;
  return { path, files: Object.entries(contents).map(([file, content]) => ({ path: `${path}/${file}`, content })) };
}

const engineFiles = ['pinwheel.mjs', 'pinwheel.wasm'];

function findEngines(build: string): Record<string, Folder> {
  const found: Record<string, Folder> = {};
  for (const [name, preset] of Object.entries(presets)) {
    const paths = engineFiles.map((file) => join(build, preset, 'engine', file));
    if (!paths.every((path) => existsSync(path))) continue;
    const contents = engineFiles.map((file, i) => [file, readFileSync(paths[i] ?? '')] as const);
    found[name] = folder('engine', name, Object.fromEntries(contents));
  }
  return found;
}

// Most hosts compress no file of a kind that they do not know, so weights are packed here; the page unpacks them.
const packWeights = (safetensors: Buffer) => gzipSync(toPlanes(safetensors), { level: 9 });

function findModels(models: string): { default: string; folders: Record<string, Folder> } {
  const folders: Record<string, Folder> = {};
  if (!existsSync(models)) return { default: '', folders };
  for (const name of readdirSync(models).sort()) {
    const [config, weights] = [join(models, name, 'config.json'), join(models, name, 'model.safetensors')];
    if (!existsSync(config) || !existsSync(weights)) continue;
    folders[name] = folder('models', name, {
      'config.json': readFileSync(config),
      'weights.packed': packWeights(readFileSync(weights)),
    });
  }
  const index = join(models, 'index.json');
  const wanted = existsSync(index) ? (JSON.parse(readFileSync(index, 'utf8')) as { default: string }).default : '';
  return { default: wanted in folders ? wanted : (Object.keys(folders)[0] ?? ''), folders };
}

export function defaultModelFiles(models: string): string[] {
  const found = findModels(models);
  return (found.folders[found.default]?.files ?? []).map((file) => file.path);
}

export function siteFiles(options: { build: string; models: string }): Plugin {
  const look = () => ({ engines: findEngines(options.build), models: findModels(options.models) });
  const files = ({ engines, models }: ReturnType<typeof look>) =>
    [...Object.values(engines), ...Object.values(models.folders)].flatMap((entry) => entry.files);

  return {
    name: 'pinwheel-site-files',
    resolveId: (source) => (source === id ? `\0${id}` : null),
    load(source) {
      if (source !== `\0${id}`) return null;
      const { engines, models } = look();
      const paths = (all: Record<string, Folder>) =>
        Object.fromEntries(Object.entries(all).map(([name, entry]) => [name, entry.path]));
      return [
        `export const engines = ${JSON.stringify(paths(engines))};`,
        `export const models = ${JSON.stringify(paths(models.folders))};`,
        `export const defaultModel = ${JSON.stringify(models.default)};`,
      ].join('\n');
    },
    generateBundle() {
      const found = look();
      if (Object.keys(found.engines).length < 3) {
        this.warn(`Only these engines are built: ${Object.keys(found.engines).join(', ') || 'none'} (./dev build)`);
      }
      if (found.models.default === '') this.warn(`No model in ${options.models}: the page cannot judge galaxies`);
      for (const { path, content } of files(found)) this.emitFile({ type: 'asset', fileName: path, source: content });
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = decodeURIComponent((request.url ?? '').replace(/^\//, '').replace(/\?.*$/, ''));
        const file = /^(engine|models)\//.test(path) ? files(look()).find((f) => f.path === path) : null;
        if (!file) return next();
        response.setHeader('Content-Type', types[suffix(path)] ?? 'application/octet-stream');
        response.setHeader('Content-Length', file.content.length);
        response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
        response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
        response.end(file.content);
      });
    },
  };
}
