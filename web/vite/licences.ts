// licences.txt: what the page and the engine are made of, and under which terms, in full. The texts come from the very
// sources: the page's packages in node_modules, the engine's where `./dev setup` or CMake unpacked them.
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

interface Part {
  name: string;
  terms: string; // in a word, for the list at the top
  files: string[]; // where its text may lie; the first that is there
  from?: string; // where in that file the text begins
}

const unpacked = (build: string, name: string) => [
  join(build, 'third-party/sources', name, 'LICENSE'),
  join(build, 'wasm-simd/_deps', `${name}-src`, 'LICENSE'),
];
// A link into the tool chain, whose papers lie beside it.
const emscripten = (build: string) => {
  const link = join(build, 'emscripten');
  return existsSync(link) ? realpathSync(link) : link;
};
const stbTerms = 'This software is available under 2 licenses';

/** What is compiled into pinwheel.wasm, or runs beside it as pinwheel.mjs. */
export const engineParts = (build: string): Part[] => [
  { name: 'XNNPACK', terms: 'BSD', files: unpacked(build, 'xnnpack') },
  { name: 'pthreadpool', terms: 'BSD', files: unpacked(build, 'pthreadpool') },
  { name: 'FXdiv', terms: 'MIT', files: unpacked(build, 'fxdiv') },
  { name: 'zlib', terms: 'zlib', files: unpacked(build, 'zlib') },
  {
    name: 'stb_image',
    terms: 'MIT or public domain',
    files: [
      join(build, 'third-party/sources/headers/stb/stb_image.h'),
      join(build, 'wasm-simd/_deps/stb-src/stb_image.h'),
    ],
    from: stbTerms,
  },
  {
    name: 'nlohmann/json',
    terms: 'MIT',
    files: ['/usr/share/doc/nlohmann-json3-dev/copyright', join(build, 'wasm-simd/_deps/json-src/LICENSE.MIT')],
  },
  {
    name: 'musl, the C library of Emscripten',
    terms: 'MIT',
    files: [join(emscripten(build), 'system/lib/libc/musl/COPYRIGHT')],
  },
  {
    name: 'Emscripten',
    terms: 'MIT',
    files: [
      join(emscripten(build), 'LICENSE'),
      join(emscripten(build), '../doc/emscripten/copyright'),
      '/usr/share/doc/emscripten/copyright',
    ],
  },
  {
    name: 'libc++, libc++abi and compiler-rt of LLVM',
    terms: 'Apache 2.0 with LLVM exception',
    files: [join(emscripten(build), 'system/lib/libcxx/LICENSE.TXT'), '/usr/share/common-licenses/Apache-2.0'],
  },
];

function ofPackage(modules: string, name: string): Part {
  const { license } = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')) as { license: string };
  const file = readdirSync(join(modules, name)).find((entry) => /^licen[cs]e/i.test(entry)) ?? 'LICENSE';
  return { name, terms: license, files: [join(modules, name, file)] };
}

/** The text of a part, or null where its sources are not at hand. */
export function textOf({ files, from }: Part): string | null {
  const file = files.find((candidate) => existsSync(candidate));
  if (file === undefined) return null;
  const text = readFileSync(file, 'utf8');
  return text.slice(from === undefined ? 0 : Math.max(0, text.indexOf(from))).trim();
}

export function licences(options: { packages: string[]; modules: string; build: string }): Plugin {
  return {
    name: 'pinwheel-licences',
    generateBundle() {
      const parts = [
        ...options.packages.map((name) => ofPackage(options.modules, name)),
        ...engineParts(options.build),
      ];
      const texts = parts.map((part) => {
        const text = textOf(part);
        if (text === null) this.warn(`licences.txt lacks the terms of ${part.name}: run ./dev setup, then build again`);
        return `${part.name}\n\n${text ?? part.terms}`;
      });
      const list = parts.map(({ name, terms }) => `  ${name} (${terms})`).join('\n');
      const top = `Pinwheel's page and engine contain these works, each under its own terms:\n\n${list}`;
      const source = [top, ...texts].join(`\n\n${'-'.repeat(80)}\n\n`);
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source });
    },
  };
}
