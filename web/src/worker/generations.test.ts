import { describe, expect, it } from 'vitest';
import { generationsOf, isSealed, nameOf, seal } from './generations';

describe('generations of a file', () => {
  it('lists its own, newest first, whatever else lies there', () => {
    const files = ['record.2', 'record.10', 'record', 'record.x', 'records.3', 'model.config.1'];
    expect(generationsOf('record', files).map((entry) => entry.file)).toEqual(['record.10', 'record.2']);
    expect(generationsOf('model', files)).toEqual([]);
    expect(nameOf('record', 11)).toBe('record.11');
  });

  it('knows a complete one from one that was cut off', () => {
    expect(isSealed(seal(5_000_000_000), 5_000_000_000)).toBe(true);
    expect(isSealed(seal(7), 8)).toBe(false);
    expect(isSealed(new Uint8Array(12), 0)).toBe(false);
    expect(isSealed(new Uint8Array(3), 0)).toBe(false);
  });
});
