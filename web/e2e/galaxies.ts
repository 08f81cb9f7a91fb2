// Pictures for the tests: galaxies drawn by the very engine of the site, run in node, and files that are no good.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { crc32 } from 'node:zlib';
import type { MainModule } from '../src/engine/pinwheel';
import { site } from './site.ts';

export interface TestFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

let module: MainModule | null = null;

async function painter(): Promise<MainModule> {
  if (module) return module;
  const folder = readdirSync(join(site, 'engine')).find((name) => name.startsWith('simd.'));
  if (folder === undefined) throw new Error(`No engine "simd" in ${site}: run ./dev build first`);
  const url = pathToFileURL(join(site, 'engine', folder, 'pinwheel.mjs')).href;
  const { default: create } = (await import(url)) as { default: () => Promise<MainModule> };
  module = await create();
  return module;
}

export async function galaxy(kind: number, seed: number, size = 128): Promise<TestFile> {
  const drawn = (await painter()).renderGalaxy(kind, seed, size, 1);
  if ('error' in drawn) throw new Error(drawn.error.message);
  return {
    name: `${drawn.value.kind}-${String(seed)}.png`,
    mimeType: 'image/png',
    buffer: Buffer.from(drawn.value.png),
  };
}

/** What of a drawn galaxy is known for sure, as the challenge's table has it: column by column, weighted. */
export async function fractionsOf(kind: number, seed: number): Promise<Record<string, number>> {
  const main = await painter();
  const engine = new main.Engine(new main.ThreadPool(1));
  const [drawn, tree] = [main.renderGalaxy(kind, seed, 16, 1), engine.tree()];
  if ('error' in drawn || 'error' in tree) throw new Error('The engine draws no galaxy');
  const { answers } = tree.value;
  const weighted = (answer: number): number =>
    asked(answers[answer]?.question ?? 0) * (drawn.value.conditional[answer] ?? 0);
  const asked = (question: number): number =>
    question === 0
      ? 1
      : answers.reduce((sum, { next }, answer) => (next === question ? sum + weighted(answer) : sum), 0);
  return Object.fromEntries(answers.map(({ column }, answer) => [column, weighted(answer)]));
}

export async function galaxies(count: number, size = 64): Promise<TestFile[]> {
  const files: TestFile[] = [];
  for (let i = 0; i < count; i += 1) files.push(await galaxy(i % 9, i, size));
  return files;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** A PNG that announces 20,000 by 20,000 pixels. */
export function enormous(): TestFile {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(20_000, 0);
  header.writeUInt32BE(20_000, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const buffer = Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', Buffer.alloc(8)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return { name: 'enormous.png', mimeType: 'image/png', buffer };
}

export async function troublesome(): Promise<TestFile[]> {
  const good = await galaxy(4, 1);
  return [
    { name: 'cut.png', mimeType: 'image/png', buffer: good.buffer.subarray(0, 3000) },
    { name: 'empty.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(0) },
    enormous(),
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('These are notes, not a galaxy.\n') },
  ];
}
