// A recipe as the page edits it: the JSON form of core/train/recipe_json. Pure functions, each giving a new recipe; whether
// it can work is the core's to say.

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Layer = { name: string; kind: string } & Record<string, Json>;
export interface Recipe {
  name: string;
  summary?: string;
  network: { input: number[]; layers: Layer[] };
  [key: string]: unknown;
}
export type Path = readonly string[];

export const parseRecipe = (text: string) => JSON.parse(text) as Recipe;

export function read(recipe: Recipe, path: Path): Json | undefined {
  let value: unknown = recipe;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value as Json | undefined;
}

export function write(recipe: Recipe, path: Path, value: Json): Recipe {
  const set = (node: unknown, rest: Path): unknown => {
    const [key, ...deeper] = rest;
    if (key === undefined) return value;
    const object = (typeof node === 'object' && node !== null ? node : {}) as Record<string, unknown>;
    return { ...object, [key]: set(object[key], deeper) };
  };
  return set(recipe, path) as Recipe;
}

const withLayers = (recipe: Recipe, layers: Layer[]): Recipe => ({
  ...recipe,
  network: { ...recipe.network, layers },
});

export function changeLayer(recipe: Recipe, place: number, key: string, value: Json): Recipe {
  const change = (layer: Layer): Layer => ({ ...layer, [key]: value });
  return withLayers(
    recipe,
    recipe.network.layers.map((layer, i) => (i === place ? change(layer) : layer)),
  );
}

export function moveLayer(recipe: Recipe, from: number, to: number): Recipe {
  const layers = [...recipe.network.layers];
  const [layer] = layers.splice(from, 1);
  if (layer) layers.splice(Math.max(0, Math.min(layers.length, to)), 0, layer);
  return withLayers(recipe, layers);
}

export const removeLayer = (recipe: Recipe, place: number): Recipe =>
  withLayers(
    recipe,
    recipe.network.layers.filter((_, i) => i !== place),
  );

/** A new layer of a kind, behind the layer at `place` (-1: first). */
export function addLayer(recipe: Recipe, kind: string, place: number): Recipe {
  const layers = [...recipe.network.layers];
  layers.splice(place + 1, 0, { ...fresh[kind], name: freshLayerName(layers, kind), kind });
  return withLayers(recipe, layers);
}

/** Another number of classes: the last dense layer gives one number for each. */
export function refit(recipe: Recipe, before: number, now: number): Recipe {
  const place = recipe.network.layers.findLastIndex((layer) => layer.kind === 'dense');
  return recipe.network.layers[place]?.units === before ? changeLayer(recipe, place, 'units', now) : recipe;
}

function freshLayerName(layers: readonly Layer[], kind: string): string {
  const stem = kind === 'conv2d' ? 'conv' : kind;
  for (let n = 1; ; n += 1) {
    const name = `${stem}_new${String(n)}`;
    if (!layers.some((layer) => layer.name === name)) return name;
  }
}

const fresh: Record<string, Record<string, Json>> = {
  conv2d: { out_channels: 16, kernel: [3, 3], stride: [1, 1], padding: [1, 1], groups: 1, bias: true },
  dense: { units: 32, bias: true },
  max_pool: { kernel: [2, 2], stride: [2, 2], padding: [0, 0] },
  avg_pool: { kernel: [2, 2], stride: [2, 2], padding: [0, 0] },
  dropout: { p: 0.2 },
};
