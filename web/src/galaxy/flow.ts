// The answers of one galaxy as a person follows them: a flow of questions along the likeliest answers, with side branches
// that can be opened into flows of their own. Pure data; river.ts gives it a shape, flow.svelte its words.
import type { Tree } from '../engine/protocol';

/** Where an answer leads: on with the flow it left, to the end of the questions, or to questions off the flow. */
export type Leads = 'on' | 'ends' | 'opens';

export interface Branch {
  key: string; // "root/7:smooth" …: stable while branches open and close
  answer: number;
  conditional: number; // of those who were asked
  weighted: number; // of everybody
  leads: Leads;
  flow: Flow | null; // present when it leads off the flow and was opened
}
export interface Level {
  key: string;
  question: number;
  reach: number; // share of everybody who is asked this
  winner: Branch;
  others: Branch[]; // likeliest first
  unlikely: Branch[]; // shown only when opened
}
export interface Flow {
  levels: Level[];
  joins: number | null; // the question at which it meets the flow it left
}

export interface Answers {
  conditional: ArrayLike<number>;
  weighted: ArrayLike<number>;
}

const end = -1;
/** Below this share of those asked, an answer is folded away; a single such answer is not worth a fold. */
export const unlikelyBelow = 0.05;

export const unlikelyKey = (level: string) => `${level}/unlikely`;

export function growFlow(tree: Tree, answers: Answers, opened: ReadonlySet<string>): Flow {
  const at = (values: ArrayLike<number>, i: number) => values[i] ?? 0;

  const question = (index: number) => {
    const found = tree.questions[index];
    if (!found) throw new RangeError(`no question ${String(index)}`);
    return found;
  };
  const ranked = (index: number) => {
    const { begin, end: stop } = question(index);
    const columns = Array.from({ length: stop - begin }, (_, i) => begin + i);
    return columns.sort((a, b) => at(answers.conditional, b) - at(answers.conditional, a) || a - b);
  };
  const next = (answer: number) => tree.answers[answer]?.next ?? end;

  // The questions of a flow, in the order in which they are asked: never one that an outer flow will ask.
  function route(start: number, outer: ReadonlySet<number>): { questions: number[]; joins: number | null } {
    const questions: number[] = [];
    let index = start;
    while (index !== end && !outer.has(index)) {
      questions.push(index);
      index = next(ranked(index)[0] ?? 0);
    }
    return { questions, joins: index === end ? null : index };
  }

  function grow(start: number, outer: ReadonlySet<number>, prefix: string): Flow {
    const { questions, joins } = route(start, outer);
    const known = new Set([...outer, ...questions]);
    const levels = questions.map((index): Level => {
      const key = `${prefix}/${String(index)}`;
      const reach = ranked(index).reduce((sum, answer) => sum + at(answers.weighted, answer), 0);
      const branches = ranked(index).map((answer) => branch(answer, known, `${key}:${String(answer)}`));
      const [winner, ...rest] = branches as [Branch, ...Branch[]];
      const unlikely = rest.filter((b) => b.conditional < unlikelyBelow);
      const folds = unlikely.length > 1;
      const others = folds ? rest.filter((b) => b.conditional >= unlikelyBelow) : rest;
      return { key, question: index, reach, winner, others, unlikely: folds ? unlikely : [] };
    });
    return { levels, joins };
  }

  function branch(answer: number, known: ReadonlySet<number>, key: string): Branch {
    const to = next(answer);
    const leads: Leads = to === end ? 'ends' : known.has(to) ? 'on' : 'opens';
    const flow = leads === 'opens' && opened.has(key) ? grow(to, known, key) : null;
    const conditional = at(answers.conditional, answer);
    return { key, answer, conditional, weighted: at(answers.weighted, answer), leads, flow };
  }

  return grow(0, new Set(), 'root');
}

/** Branches that are on the screen, from the top down. */
export const shownBranches = (level: Level, opened: ReadonlySet<string>): Branch[] =>
  opened.has(unlikelyKey(level.key)) ? [...level.others, ...level.unlikely] : level.others;
