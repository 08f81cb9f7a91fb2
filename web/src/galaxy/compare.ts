// What differs between recipes, field by field, for a table of runs side by side.

export interface Difference {
  words: string;
  values: string[];
}

/** Paths and values of every leaf; the list of layers counts as one leaf: its length is what one sees first. */
function leaves(value: unknown, path: string, found: Map<string, string>): void {
  if (Array.isArray(value))
    found.set(path, path.endsWith('layers') ? `${String(value.length)} layers` : JSON.stringify(value));
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) leaves(inner, path ? `${path}.${key}` : key, found);
  } else found.set(path, String(value));
}

export function differences(recipes: readonly string[]): Difference[] {
  const all = recipes.map((text) => {
    const found = new Map<string, string>();
    try {
      leaves(JSON.parse(text), '', found);
    } catch {
      found.set('recipe', 'not readable');
    }
    return found;
  });
  const paths = [...new Set(all.flatMap((found) => [...found.keys()]))];
  return paths
    .map((path) => ({ words: wordsOf(path), values: all.map((found) => found.get(path) ?? '–') }))
    .filter(({ values, words }) => words !== 'summary' && values.some((value) => value !== values[0]));
}

const wordsOf = (path: string) =>
  path
    .split('.')
    .filter((part) => part !== 'train')
    .join(' ')
    .replaceAll('_', ' ');
