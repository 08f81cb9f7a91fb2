import { describe, expect, it } from 'vitest';
import { growFlow, shownBranches, unlikelyKey, type Flow } from './flow';
import { answersWith, sampleTree } from './sample-tree';

const questions = (flow: Flow) => flow.levels.map((level) => level.question);
const spiral = answersWith({ 0: 0.2, 1: 0.78, 4: 0.9, 7: 0.85, 5: 0.6, 14: 0.9, 28: 0.7, 32: 0.8, 11: 0.6 });
const none = new Set<string>();

describe('the flow', () => {
  it('follows the likeliest answers in the order in which they are asked', () => {
    expect(questions(growFlow(sampleTree, spiral, none))).toEqual([0, 1, 2, 3, 9, 10, 4, 5]);
    const smooth = answersWith({ 0: 0.9, 16: 0.8, 14: 0.95 });
    expect(questions(growFlow(sampleTree, smooth, none))).toEqual([0, 6, 5]);
    expect(questions(growFlow(sampleTree, answersWith({ 2: 0.9 }), none))).toEqual([0]);
  });

  it('knows how many are asked each question', () => {
    const [first, second, third] = growFlow(sampleTree, spiral, none).levels;
    expect(first?.reach).toBeCloseTo(1);
    expect(second?.reach).toBeCloseTo(0.78);
    expect(third?.reach).toBeCloseTo(0.78 * 0.9);
  });

  it('tells where the others go', () => {
    const flow = growFlow(sampleTree, spiral, none);
    const leads = (level: number) => flow.levels[level]?.others.map(({ answer, leads: to }) => [answer, to]);
    expect(leads(0)).toEqual([
      [0, 'opens'],
      [2, 'ends'],
    ]); // smooth has questions of its own; a star ends
    expect(leads(2)).toEqual([[6, 'on']]); // bar or not, the arms come next
    expect(leads(3)).toEqual([[8, 'on']]); // without arms one goes on to the bulge, which the flow will ask
  });

  it('opens a side branch up to where it meets the flow again', () => {
    const closed = growFlow(sampleTree, spiral, none);
    const smooth = closed.levels[0]?.others[0];
    const flow = growFlow(sampleTree, spiral, new Set([smooth?.key ?? ''])).levels[0]?.others[0]?.flow;
    expect(flow && questions(flow)).toEqual([6]);
    expect(flow?.joins).toBe(5);
  });

  it('opens a branch of a branch', () => {
    const smooth = answersWith({ 0: 0.9, 1: 0.08, 16: 0.8, 14: 0.95, 4: 0.8, 7: 0.9 });
    const first = growFlow(sampleTree, smooth, none).levels[0]?.others[0];
    const opened = new Set([first?.key ?? '']);
    const edge = growFlow(sampleTree, smooth, opened).levels[0]?.others[0]?.flow?.levels[0]?.others[0];
    expect(edge).toMatchObject({ answer: 3, leads: 'opens' });
    opened.add(edge?.key ?? '');
    const inner = growFlow(sampleTree, smooth, opened).levels[0]?.others[0]?.flow?.levels[0]?.others[0]?.flow;
    expect(inner && questions(inner)).toEqual([8]);
    expect(inner?.joins).toBe(5);
  });

  it('folds unlikely answers away, but never a single one', () => {
    const some = answersWith({ 1: 0.97, 0: 0.02, 2: 0.01, 4: 0.97, 3: 0.03 });
    const [first, second] = growFlow(sampleTree, some, none).levels;
    expect(first?.others).toEqual([]);
    expect(first?.unlikely.map((branch) => branch.answer)).toEqual([0, 2]);
    expect(second?.others.map((branch) => branch.answer)).toEqual([3]);
    if (!first) expect.fail('no level');
    expect(shownBranches(first, none)).toHaveLength(0);
    expect(shownBranches(first, new Set([unlikelyKey(first.key)]))).toHaveLength(2);
  });
});
