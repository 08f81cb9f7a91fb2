// How an answer holds when the galaxy is turned and mirrored: the steps on which the looks differ, weakest first. A galaxy
// has no up, so a look that answers otherwise is doubt that a person can see.
import type { Judgement, Tree } from '../engine/protocol';
import { aloneText, className } from './words';

export interface Held {
  text: string;
  agreeing: number;
}

const mostShown = 3;

/** Empty when every look takes every step, null when there was only one look. */
export function wavering(judgement: Judgement, tree: Tree): Held[] | null {
  const { views, agreement, path, sentence } = judgement;
  if (views < 2) return null;
  const steps = path.length > 0 ? path.map((step) => answerText(tree, step.answer)) : [className(sentence)];
  return steps
    .map((text, i) => ({ text, agreeing: agreement[i] ?? 0 }))
    .filter((held) => held.agreeing < views)
    .sort((a, b) => a.agreeing - b.agreeing)
    .slice(0, mostShown);
}

function answerText(tree: Tree, index: number): string {
  const answer = tree.answers[index];
  return answer ? aloneText(answer.column, answer.text) : '';
}
