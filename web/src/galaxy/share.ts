// A whole configuration in a link: how the sky is rendered and what is trained how, as deflated JSON in base64url. No data.
import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';
import type { SkySpec, TargetKind } from '../engine/protocol';
import type { Recipe } from './recipe';

export interface Shared {
  version: 1;
  sky: Omit<SkySpec, 'limits'> | null; // null: the galaxies are people's own
  recipe: Recipe;
  outputs: number; // that the recipe was made for
  targetKind: TargetKind;
}

const mostBytes = 1 << 20; // of JSON; a recipe has a few thousand

export function pack(shared: Shared): string {
  const bytes = deflateSync(strToU8(JSON.stringify(shared)), { level: 9 });
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Throws an Error with a sentence for whatever is not such a configuration. */
export function unpack(text: string): Shared {
  const value = parsed(text) as Partial<Shared> | null;
  const layers: unknown = value?.recipe?.network?.layers;
  if (value?.version !== 1 || !Array.isArray(layers) || typeof value.recipe?.name !== 'string') throw broken();
  const { sky, recipe, outputs, targetKind } = value;
  const kinds = ['classes', 'fractions', 'votes'];
  if (typeof outputs !== 'number' || !kinds.includes(targetKind ?? '')) throw broken();
  return { version: 1, sky: isSky(sky) ? sky : null, recipe, outputs, targetKind: targetKind ?? 'classes' };
}

const broken = () => new Error('The link is cut off or changed: ask for it again, whole.');

function parsed(text: string): unknown {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    return JSON.parse(strFromU8(inflateSync(bytes, { out: new Uint8Array(mostBytes) })));
  } catch {
    throw broken();
  }
}

function isSky(sky: unknown): sky is Omit<SkySpec, 'limits'> {
  if (typeof sky !== 'object' || sky === null) return false;
  const { kinds, count, balance, noise, size, seed } = sky as Partial<SkySpec>;
  const numbers = [count, balance, noise, size, seed].every(
    (n) => typeof n === 'number' && Number.isFinite(n) && n >= 0,
  );
  return numbers && Array.isArray(kinds) && kinds.every((kind) => typeof kind === 'string');
}
