import { describe, expect, it } from 'vitest';
import type { Galaxy } from './session.svelte';
import { arrange } from './sheet.svelte';

const galaxy = (name: string, value: number | null, status = 'done') =>
  ({ name, status, judgement: value === null ? null : { values: [value] } }) as unknown as Galaxy;
const names = (galaxies: Galaxy[]) => galaxies.map((g) => g.name).join(' ');
const sky = [
  galaxy('g10', 0.5),
  galaxy('g2', 0.9),
  galaxy('g1', 0.1),
  galaxy('bad', null, 'failed'),
  galaxy('new', null),
];

describe('the contact sheet', () => {
  it('keeps the order in which they came, without those that failed', () => {
    expect(names(arrange(sky, -1, 0, 'came'))).toBe('g10 g2 g1 new');
  });
  it('sorts names as people do', () => {
    expect(names(arrange(sky, -1, 0, 'name'))).toBe('g1 g2 g10 new');
  });
  it('sorts by an answer both ways', () => {
    expect(names(arrange(sky, 0, 0, 'most'))).toBe('g2 g10 g1 new');
    expect(names(arrange(sky, 0, 0, 'least'))).toBe('new g1 g10 g2');
  });
  it('filters by an answer', () => {
    expect(names(arrange(sky, 0, 50, 'came'))).toBe('g10 g2');
  });
});
