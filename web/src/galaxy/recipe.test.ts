import { describe, expect, it } from 'vitest';
import { addLayer, changeLayer, moveLayer, read, refit, removeLayer, write, type Recipe } from './recipe';

const recipe: Recipe = {
  name: 'small',
  train: { epochs: 10, optimiser: { kind: 'adam' } },
  network: {
    input: [64, 64, 3],
    layers: [
      { name: 'conv1', kind: 'conv2d', out_channels: 8 },
      { name: 'flatten', kind: 'flatten' },
      { name: 'head', kind: 'dense', units: 5 },
    ],
  },
};
const names = (r: Recipe) => r.network.layers.map((layer) => layer.name);

describe('a recipe', () => {
  it('is read and written by path, and never changed in place', () => {
    expect(read(recipe, ['train', 'optimiser', 'kind'])).toBe('adam');
    expect(read(recipe, ['train', 'nothing', 'here'])).toBeUndefined();
    const more = write(recipe, ['train', 'optimiser', 'kind'], 'sgd');
    expect(read(more, ['train', 'optimiser', 'kind'])).toBe('sgd');
    expect(read(more, ['train', 'epochs'])).toBe(10);
    expect(read(recipe, ['train', 'optimiser', 'kind'])).toBe('adam');
    expect(read(write(recipe, ['split', 'test'], 0.2), ['split', 'test'])).toBe(0.2);
  });
  it('moves layers and keeps within the list', () => {
    expect(names(moveLayer(recipe, 0, 2))).toEqual(['flatten', 'head', 'conv1']);
    expect(names(moveLayer(recipe, 0, 99))).toEqual(['flatten', 'head', 'conv1']);
    expect(names(moveLayer(recipe, 1, -3))).toEqual(['flatten', 'conv1', 'head']);
  });
  it('takes layers out and puts new ones in under names of their own', () => {
    expect(names(removeLayer(recipe, 1))).toEqual(['conv1', 'head']);
    const twice = addLayer(addLayer(recipe, 'conv2d', 0), 'conv2d', 0);
    expect(names(twice)).toEqual(['conv1', 'conv_new2', 'conv_new1', 'flatten', 'head']);
    expect(names(addLayer(recipe, 'relu', -1))[0]).toBe('relu_new1');
  });
  it('changes one field of one layer', () => {
    expect(changeLayer(recipe, 0, 'out_channels', 32).network.layers[0]?.out_channels).toBe(32);
  });
  it('gives one number for each class, when the last layer did before', () => {
    expect(refit(recipe, 5, 3).network.layers[2]?.units).toBe(3);
    expect(refit(recipe, 37, 3).network.layers[2]?.units).toBe(5);
  });
});
