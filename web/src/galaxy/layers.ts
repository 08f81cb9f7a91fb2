// What the layers of a network are called, what each does in one line, and which of its numbers a person may turn.

export interface LayerField {
  key: string;
  words: string;
  least: number;
  most: number;
  step: number;
  pair: boolean; // [height, width], both turned at once
}
export interface LayerWords {
  words: string;
  explain: string;
  fields: LayerField[];
}

const field = (key: string, words: string, least: number, most: number, step = 1, pair = false): LayerField => ({
  key,
  words,
  least,
  most,
  step,
  pair,
});
const window = [
  field('kernel', 'window', 1, 32, 1, true),
  field('stride', 'step', 1, 16, 1, true),
  field('padding', 'padding', 0, 16, 1, true),
];

export const layerWords: Record<string, LayerWords> = {
  conv2d: {
    words: 'Convolution',
    explain: 'Small windows slide over the picture; each filter learns one pattern to answer to.',
    fields: [field('out_channels', 'filters', 1, 1024), ...window],
  },
  dense: {
    words: 'Dense',
    explain: 'Every number before meets every number after: weighs all the evidence.',
    fields: [field('units', 'numbers out', 1, 8192)],
  },
  batch_norm: {
    words: 'Batch norm',
    explain: 'Brings the numbers of each channel to a common scale: learning gets quicker and steadier.',
    fields: [],
  },
  max_pool: {
    words: 'Max pool',
    explain: 'Keeps the strongest answer of each window: the picture gets smaller.',
    fields: window,
  },
  avg_pool: {
    words: 'Average pool',
    explain: 'Keeps the mean of each window: the picture gets smaller.',
    fields: window,
  },
  global_avg_pool: {
    words: 'Average of everything',
    explain: 'One number for each channel, wherever in the picture it was seen.',
    fields: [],
  },
  relu: {
    words: 'ReLU',
    explain: 'Negative answers become zero: what lets layers do more than one could.',
    fields: [],
  },
  silu: { words: 'SiLU', explain: 'A soft ReLU.', fields: [] },
  tanh: { words: 'Tanh', explain: 'Squeezes every number between −1 and 1.', fields: [] },
  sigmoid: { words: 'Sigmoid', explain: 'Squeezes every number between 0 and 1.', fields: [] },
  softmax: { words: 'Softmax', explain: 'Turns numbers into shares that sum to one.', fields: [] },
  dropout: {
    words: 'Dropout',
    explain: 'Forgets some numbers by chance while training, so that none is relied on alone.',
    fields: [field('p', 'part forgotten', 0, 0.9, 0.05)],
  },
  add: { words: 'Sum', explain: 'Adds two branches: the shortcut of a residual network.', fields: [] },
  concat: { words: 'Side by side', explain: 'Puts the channels of branches next to each other.', fields: [] },
  flatten: { words: 'Flatten', explain: 'Lays the picture out as one row of numbers.', fields: [] },
};

/** Kinds that can stand anywhere in a chain; sums and branches need more than one input. */
export const addable = Object.keys(layerWords).filter((kind) => kind !== 'add' && kind !== 'concat');
