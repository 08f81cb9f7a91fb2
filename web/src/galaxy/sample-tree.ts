// The shape of the Galaxy Zoo 2 tree for tests: the page itself is told the tree by the core.
import type { Tree } from '../engine/protocol';

const sizes = [3, 2, 2, 2, 4, 2, 3, 7, 3, 3, 6];
const parents = [-1, 1, 4, 4, 4, -1, 0, 13, 3, 7, 7];
const next = [6, 1, -1, 8, 2, 3, 3, 9, 4, 5, 5, 5, 5, 7, -1, 5, 5, 5, -1, -1, -1, -1, -1, -1, -1, 5, 5, 5];
const later = [10, 10, 10, 4, 4, 4, 4, 4, 4];

export const sampleTree: Tree = { questions: [], answers: [] };
let begin = 0;
sizes.forEach((size, q) => {
  sampleTree.questions.push({ text: `question ${String(q)}`, begin, end: begin + size, parent: parents[q] ?? -1 });
  for (let i = begin; i < begin + size; i += 1) {
    const column = `Class${String(q + 1)}.${String(i - begin + 1)}`;
    sampleTree.answers.push({ column, stem: '', text: column, question: q, next: [...next, ...later][i] ?? -1 });
  }
  begin += size;
});

/** Conditional shares that are equal but for what `likely` says, and the weighted ones that follow. */
export function answersWith(likely: Record<number, number>): { conditional: number[]; weighted: number[] } {
  const conditional = sampleTree.questions.flatMap(({ begin: from, end }) => {
    const given = Array.from({ length: end - from }, (_, i) => likely[from + i]);
    const left = 1 - given.reduce<number>((sum, share) => sum + (share ?? 0), 0);
    const open = given.filter((share) => share === undefined).length;
    return given.map((share) => share ?? left / Math.max(1, open));
  });
  const weighted: number[] = [];
  const weigh = (q: number): void => {
    const question = sampleTree.questions[q];
    if (!question || weighted[question.begin] !== undefined) return;
    const parent = question.parent < 0 ? null : sampleTree.answers[question.parent];
    if (parent) weigh(parent.question);
    const share = question.parent < 0 ? 1 : (weighted[question.parent] ?? 0);
    for (let i = question.begin; i < question.end; i += 1) weighted[i] = (conditional[i] ?? 0) * share;
  };
  sampleTree.questions.forEach((_, q) => {
    weigh(q);
  });
  return { conditional, weighted };
}
