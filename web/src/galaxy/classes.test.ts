import { describe, expect, it } from 'vitest';
import { bySort, freshName } from './classes';

describe('galaxies by class', () => {
  it('lists the places of each class in order, empty classes too', () => {
    const data = { count: 4, outputs: ['smooth', 'spiral', 'ring'], labels: Int16Array.of(1, 0, 1, 1) };
    expect(bySort(data)).toEqual([
      { name: 'smooth', places: [1] },
      { name: 'spiral', places: [0, 2, 3] },
      { name: 'ring', places: [] },
    ]);
  });
  it('is one list without classes', () => {
    expect(bySort({ count: 3, outputs: ['a', 'b'], labels: null })).toEqual([{ name: null, places: [0, 1, 2] }]);
  });
  it('names a class as nobody else is named', () => {
    expect(freshName([])).toBe('Class 1');
    expect(freshName(['Class 2', 'x'])).toBe('Class 3');
    expect(freshName(['Class 2'])).toBe('Class 3');
  });
});
