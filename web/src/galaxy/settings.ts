// Everything about training that a person may turn, each in one line: where it stands in the recipe and what it means.
import type { Path } from './recipe';

interface Common {
  path: Path;
  words: string;
  explain: string;
}
export interface NumberSetting extends Common {
  as: 'number';
  least: number;
  most: number;
  step: number | 'any';
  unit?: string;
}
export interface ChoiceSetting extends Common {
  as: 'choice';
  choices: { value: string; words: string }[];
}
export interface SwitchSetting extends Common {
  as: 'switch';
}
export type Setting = NumberSetting | ChoiceSetting | SwitchSetting;
export interface SettingGroup {
  words: string;
  settings: Setting[];
}

const number = (
  path: string,
  words: string,
  explain: string,
  [least, most, step]: readonly [number, number, number | 'any'],
  unit = '',
): NumberSetting => ({
  as: 'number',
  path: path.split('.'),
  words,
  explain,
  least,
  most,
  step,
  ...(unit ? { unit } : {}),
});
const choice = (path: string, words: string, explain: string, choices: Record<string, string>): ChoiceSetting => ({
  as: 'choice',
  path: path.split('.'),
  words,
  explain,
  choices: Object.entries(choices).map(([value, text]) => ({ value, words: text })),
});
const onOff = (path: string, words: string, explain: string): SwitchSetting => ({
  as: 'switch',
  path: path.split('.'),
  words,
  explain,
});

const part = [0, 0.9, 0.05] as const;

export const settingGroups: readonly SettingGroup[] = [
  {
    words: 'How long and how fast',
    settings: [
      number('train.epochs', 'Epochs', 'How often the network sees every galaxy.', [1, 1000, 1]),
      number('train.batch_size', 'Batch', 'Galaxies looked at before each small correction.', [1, 4096, 1], 'galaxies'),
      number(
        'train.optimiser.learning_rate',
        'Learning rate',
        'How large each correction is: too small is slow, too large never settles.',
        [0, 1, 'any'],
      ),
      choice('train.schedule.kind', 'Schedule', 'How the learning rate changes while it learns.', {
        constant: 'stays the same',
        step: 'falls in steps',
        cosine: 'glides down',
      }),
      number(
        'train.patience',
        'Patience',
        'Stops after so many epochs without a better one; 0 never does.',
        [0, 1000, 1],
      ),
    ],
  },
  {
    words: 'What it aims at',
    settings: [
      choice('head', 'Head', 'How the last numbers become answers.', {
        softmax: 'softmax: one of several classes',
        sigmoid: 'sigmoid: each answer for itself',
        tree: 'tree: question by question',
        votes: 'votes: with an honest spread',
      }),
      choice('train.loss', 'Loss', 'What counts as wrong, and how much.', {
        cross_entropy: 'cross-entropy (with softmax)',
        bce_sum: 'binary cross-entropy',
        mse: 'mean squared error',
        weighted_mse: 'weighted squared error',
        rmse: 'root mean squared error',
        question_bce: 'cross-entropy per question',
        dirichlet_multinomial: 'likelihood of the votes',
      }),
      choice('train.optimiser.kind', 'Optimiser', 'How corrections are made out of errors.', {
        adam: 'Adam: a step for each weight',
        adamw: 'AdamW: and smaller weights',
        sgd: 'plain gradient descent',
        momentum: 'with momentum',
        nesterov: 'Nesterov momentum',
      }),
      number('train.optimiser.weight_decay', 'Weight decay', 'Pulls weights towards zero: simpler answers.', [
        0,
        1,
        'any',
      ]),
    ],
  },
  {
    words: 'Other views in training',
    settings: [
      number('train.augment.rotate_degrees', 'Turned by up to', 'A galaxy has no up.', [0, 360, 15], '°'),
      onOff('train.augment.flip_horizontal', 'Mirrored left to right', 'By chance, half of the time.'),
      onOff('train.augment.flip_vertical', 'Mirrored top to bottom', 'By chance, half of the time.'),
      number('train.augment.shift', 'Shifted by up to', 'As a part of the side.', [0, 0.5, 0.01]),
      number('train.augment.zoom', 'Larger or smaller by up to', '0.2 is a fifth.', [0, 1, 0.05]),
      number('train.augment.brightness', 'Brighter or darker by up to', '0.2 is a fifth.', [0, 1, 0.05]),
    ],
  },
  {
    words: 'Who learns and who tests',
    settings: [
      number('split.validation', 'Kept for watching', 'Part judged after every epoch, never learned from.', part),
      number('split.test', 'Kept for the test', 'Part that the network sees only at the very end.', part),
      choice('split.kind', 'Chosen', 'How galaxies are dealt out.', {
        stratified: 'the same part of every class',
        random: 'by chance',
        hash: 'by name, the same for ever',
      }),
      number('train.seed', 'Seed', 'The same seed learns the same weights, bit for bit.', [0, 999_999_999, 1]),
    ],
  },
];
