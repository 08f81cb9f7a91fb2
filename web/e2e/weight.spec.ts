// How heavy the page is: what a first visit brings over the wire, and that what it owes to others costs nothing.
import { expect, test } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { site } from './site.ts';
import { startHost, type StaticHost } from './static-host.ts';
import { sentence, shelfDrawn } from './steps.ts';

const limit = 2_000_000;
const kB = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;

function sorts(bodies: ReadonlyMap<string, number>): string {
  const weigh = (wanted: (path: string) => boolean) =>
    kB([...bodies].reduce((sum, [path, bytes]) => sum + (wanted(path) ? bytes : 0), 0));
  const page = weigh((path) => !/^\/(engine|models)\//.test(path));
  return `page ${page} + engine ${weigh((p) => p.startsWith('/engine/'))} + model ${weigh((p) => p.startsWith('/models/'))}`;
}

for (const isolated of [true, false]) {
  test.describe(`on a host ${isolated ? 'with' : 'without'} threads`, () => {
    let host: StaticHost;
    test.beforeAll(async () => {
      host = await startHost({ isolated, packs: true });
    });
    test.afterAll(() => host.close());

    test('a first visit brings at most two megabytes, and nothing twice', async ({ page }) => {
      await page.goto(host.address);
      await shelfDrawn(page); // the engine has drawn, so all of it is here
      await page.getByRole('button', { name: 'Barred spiral' }).first().click();
      await sentence(page);
      await page.waitForLoadState('networkidle');
      const total = host.onTheWire();
      console.log(
        `first visit ${isolated ? 'with' : 'without'} threads: ${sorts(host.bodies)} = ${kB(total)} with headers`,
      );
      test.info().annotations.push({ type: 'first visit', description: kB(total) });
      for (const part of ['engine', 'models', 'assets']) {
        expect([...host.bodies.keys()].some((path) => path.startsWith(`/${part}/`))).toBe(true);
      }
      expect(total).toBeGreaterThan([...host.bodies.values()].reduce((sum, bytes) => sum + bytes, 0));
      expect(total).toBeLessThan(limit);
      const large = [...host.bodies].filter(([path]) => /\.(wasm|packed)$/.test(path)).map(([path]) => path);
      expect(large).toHaveLength(2);
      const fetched = await page.evaluate(() => performance.getEntriesByType('resource').map((entry) => entry.name));
      for (const path of large) expect(fetched.filter((name) => name.endsWith(path))).toHaveLength(1);
    });
  });
}

test('the terms of everything in the engine are there to read, in full', () => {
  const text = readFileSync(join(site, 'licences.txt'), 'utf8').replaceAll(/\s+/g, ' ');
  for (const name of [
    'XNNPACK',
    'pthreadpool',
    'FXdiv',
    'zlib',
    'stb_image',
    'nlohmann/json',
    'Emscripten',
    'svelte',
  ]) {
    expect(text.includes(` ${name} (`), name).toBe(true);
  }
  for (const words of [
    'Copyright (c) Facebook, Inc. and its affiliates', // XNNPACK
    'Copyright 2019 Google LLC',
    'Redistribution and use in source and binary forms, with or without modification, are permitted',
    'Copyright (c) 2017 Sean Barrett',
    'Jean-loup Gailly and Mark Adler',
    'Niels Lohmann',
    'musl as a whole is licensed under the following standard MIT license',
    'if, as a result of your compiling your source code, portions of this Software are embedded', // LLVM
    'Apache License Version 2.0, January 2004',
    'Svelte Contributors',
  ]) {
    expect(text.includes(words), words).toBe(true);
  }
});
