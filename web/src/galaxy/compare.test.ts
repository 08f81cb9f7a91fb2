import { describe, expect, it } from 'vitest';
import { differences } from './compare';

describe('differences between recipes', () => {
  it('names only what differs, and counts layers', () => {
    const a = { name: 'a', train: { epochs: 5, seed: 1 }, network: { layers: [1, 2] } };
    const b = { name: 'a', train: { epochs: 9, seed: 1, patience: 3 }, network: { layers: [1, 2, 3] } };
    expect(differences([JSON.stringify(a), JSON.stringify(b)])).toEqual([
      { words: 'epochs', values: ['5', '9'] },
      { words: 'network layers', values: ['2 layers', '3 layers'] },
      { words: 'patience', values: ['–', '3'] },
    ]);
  });
  it('lives with a recipe that cannot be read', () => {
    expect(differences(['{', '{"a":1}'])).toHaveLength(2);
  });
});
