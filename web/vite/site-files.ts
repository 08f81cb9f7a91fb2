// What the page is served with besides its own code: the engines that CMake built (build/wasm-*/engine) and the models
// (models/*/). Copied into the site, served as they are in development, and listed for the page as `virtual:site-files`.
// A folder's name carries a hash of its content, so a page never meets an engine of another day in the browser's cache.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

interface Served {
  path: string; // below the site's root
  source: string; // on disk
}
interface Folder {
  path: string;
  files: Served[];
}

const id = 'virtual:site-files';
const presets = { 'relaxed-threads': 'wasm-relaxed-threads', 'simd-threads': 'wasm-simd-threads', simd: 'wasm-simd' };
const types: Record<string, string> = {
  mjs: 'text/javascript',
  wasm: 'application/wasm',
  json: 'application/json',
  safetensors: 'application/octet-stream',
};
const suffix = (name: string) => name.slice(name.lastIndexOf('.') + 1);

function folder(root: string, name: string, source: string, wanted: (file: string) => boolean): Folder {
  const names = readdirSync(source).filter(wanted).sort();
  const hash = createHash('sha256');
  for (const file of names) hash.update(file).update(readFileSync(join(source, file)));
  const path = `${root}/${name}.${hash.digest('hex').slice(0, 8)}`;
  return { path, files: names.map((file) => ({ path: `${path}/${file}`, source: join(source, file) })) };
}

function findEngines(build: string): Record<string, Folder> {
  const found: Record<string, Folder> = {};
  for (const [name, preset] of Object.entries(presets)) {
    const source = join(build, preset, 'engine');
    if (!existsSync(join(source, 'pinwheel.wasm')) || !existsSync(join(source, 'pinwheel.mjs'))) continue;
    found[name] = folder('engine', name, source, (file) => /\.(mjs|wasm)$/.test(file));
  }
  return found;
}

function findModels(models: string): { default: string; folders: Record<string, Folder> } {
  const folders: Record<string, Folder> = {};
  if (!existsSync(models)) return { default: '', folders };
  for (const name of readdirSync(models).sort()) {
    const source = join(models, name);
    if (!existsSync(join(source, 'model.safetensors'))) continue;
    folders[name] = folder('models', name, source, (file) => /^(config\.json|model\.safetensors)$/.test(file));
  }
  const index = join(models, 'index.json');
  const wanted = existsSync(index) ? (JSON.parse(readFileSync(index, 'utf8')) as { default: string }).default : '';
  return { default: wanted in folders ? wanted : (Object.keys(folders)[0] ?? ''), folders };
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
      for (const file of files(found)) {
        this.emitFile({ type: 'asset', fileName: file.path, source: readFileSync(file.source) });
      }
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = decodeURIComponent((request.url ?? '').replace(/^\//, '').replace(/\?.*$/, ''));
        const file =
          path.startsWith('engine/') || path.startsWith('models/') ? files(look()).find((f) => f.path === path) : null;
        if (!file) return next();
        response.setHeader('Content-Type', types[suffix(path)] ?? 'application/octet-stream');
        response.setHeader('Content-Length', statSync(file.source).size);
        response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
        response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
        response.end(readFileSync(file.source));
      });
    },
  };
}

/** licences.txt: what the page and the engine are made of, and under which terms. */
export function licences(packages: string[], modules: string, engineParts: string): Plugin {
  const ofPackage = (name: string) => {
    const file = readdirSync(join(modules, name)).find((entry) => /^licen[cs]e/i.test(entry));
    return `${name}\n\n${file === undefined ? '' : readFileSync(join(modules, name, file), 'utf8')}`;
  };
  return {
    name: 'pinwheel-licences',
    generateBundle() {
      const parts = [...packages.map(ofPackage), engineParts];
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source: parts.join(`\n\n${'-'.repeat(80)}\n\n`) });
    },
  };
}

/** Tells after a build how heavy a first visit is: page, one engine and one model, compressed. */
export function tellWeight(limit: number): Plugin {
  return {
    name: 'pinwheel-weight',
    writeBundle(_, bundle) {
      const weigh = (wanted: (name: string) => boolean) =>
        Object.values(bundle)
          .filter((file) => wanted(file.fileName) && !file.fileName.endsWith('.map'))
          .reduce((sum, file) => sum + gzipSync(file.type === 'chunk' ? file.code : file.source).length, 0);
      const page = weigh((name) => !/^(engine|models)\/|^assets\/hdf5-/.test(name)); // that one only for who has such a file
      const [heaviest = ''] = Object.keys(presets).filter(
        (name) => weigh((file) => file.startsWith(`engine/${name}.`)) > 0,
      );
      const engine = weigh((name) => name.startsWith(`engine/${heaviest}.`));
      const model = weigh((name) => name.startsWith('models/'));
      const kB = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;
      this.info(`first visit, gzipped: page ${kB(page)} + engine ${kB(engine)} + models ${kB(model)}`);
      if (page + engine + model > limit) this.warn(`over the limit of ${kB(limit)}`);
    },
  };
}
