// A folder of this disk for one test, filled with galaxies that the site's own engine drew; gone after the test.
import { test as base } from '@playwright/test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { galaxy } from './galaxies.ts';

export const test = base.extend<{ folder: string }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright wants it so
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'pinwheel-'));
    await use(folder);
    rmSync(folder, { recursive: true });
  },
});

/** Writes a file and the folders above it; answers with its path. */
export function put(folder: string, name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

export interface Drawn {
  kind: string;
  which: number; // its kind, by number
  seed: number;
  file: string; // its name
  path: string;
}

/** `count` galaxies of each kind (see `galaxyKinds`), each called by `nameOf`. */
export async function draw(
  folder: string,
  kinds: readonly number[],
  count: number,
  nameOf: (kind: string, n: number) => string,
): Promise<Drawn[]> {
  const drawn: Drawn[] = [];
  for (let n = 0; n < count; n += 1) {
    for (const which of kinds) {
      const { name, buffer } = await galaxy(which, n, 64);
      const kind = name.slice(0, name.lastIndexOf('-'));
      const file = nameOf(kind, n);
      drawn.push({ kind, which, seed: n, file, path: put(folder, file, buffer) });
    }
  }
  return drawn;
}
