// Where the built site lies, and what of it the tests need to know.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const site = process.env.PINWHEEL_SITE ?? join(root, 'build/site');
export const screenshots = join(root, 'build/screenshots');

/** The variants that this site was built with. */
export const variants = ['relaxed-threads', 'simd-threads', 'simd'].filter(
  (variant) =>
    existsSync(join(site, 'engine')) &&
    readdirSync(join(site, 'engine')).some((name) => name.startsWith(`${variant}.`)),
);
