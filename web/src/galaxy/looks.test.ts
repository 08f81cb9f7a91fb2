import { expect, test } from 'vitest';
import type { Judgement } from '../engine/protocol';
import { wavering } from './looks';
import { sampleTree } from './sample-tree';

const judged = (views: number, agreement: number[], answers: number[]): Judgement => ({
  width: 1,
  height: 1,
  box: { x: 0, y: 0, width: 1, height: 1 },
  seen: null,
  values: new Float32Array(37),
  conditional: null,
  path: answers.map((answer) => ({ question: 0, answer, conditional: 1 })),
  sentence: 'cigar_shaped',
  views,
  agreement,
  milliseconds: { decode: 0, preprocess: 0, network: 0 },
});

test('one look says nothing of turning', () => {
  expect(wavering(judged(1, [1], [0]), sampleTree)).toBeNull();
});

test('steps that every look takes are not listed', () => {
  expect(wavering(judged(8, [8, 8], [1, 4]), sampleTree)).toEqual([]);
});

test('the weakest steps come first, at most three', () => {
  const held = wavering(judged(8, [7, 8, 3, 6, 5], [1, 4, 6, 7, 29]), sampleTree);
  expect(held?.map(({ agreeing }) => agreeing)).toEqual([3, 5, 6]);
  expect(held?.[1]?.text).toBe('medium arms');
});

test('of classes the winner is meant', () => {
  expect(wavering(judged(4, [2], []), sampleTree)).toEqual([{ text: 'cigar shaped', agreeing: 2 }]);
});
