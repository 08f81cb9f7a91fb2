import { describe, expect, it } from 'vitest';
import { growFlow } from './flow';
import { drawRiver, type Places } from './river';
import { answersWith, sampleTree } from './sample-tree';

// Words as if every row were 30 pixels high and every level 150.
function stack(keys: string[]): Places {
  const top = (key: string) => keys.indexOf(key) * 150;
  const levelOf = (key: string) => key.replace(/:\d+$/, '');
  return {
    level: (key) => (keys.includes(key) ? { top: top(key), bottom: top(key) + 150 } : undefined),
    question: (key) => ({ top: top(key), bottom: top(key) + 30 }),
    branch: (key) => ({ top: top(levelOf(key)) + 60, bottom: top(levelOf(key)) + 90 }),
    nestedLeft: () => 200,
  };
}
const none = new Set<string>();
const strands = (path: string) => path.split('M').length - 1;
const xs = (path: string) => [...path.matchAll(/[ML](-?[\d.]+) /g)].map((match) => Number(match[1]));

describe('the river', () => {
  const answers = answersWith({ 0: 0.25, 1: 0.75, 2: 0, 4: 0.6, 3: 0.4, 5: 0.5, 6: 0.5 });
  const flow = growFlow(sampleTree, answers, none);
  const keys = flow.levels.map((level) => level.key);
  const bands = drawRiver(flow, stack(keys), { everybody: 160, reachOut: 40 }, none);
  const band = (key: string) => bands.find((b) => b.key === key) ?? expect.fail(`no band ${key}`);

  it('starts with forty strands', () => {
    expect(strands(band('root/0/asked').strands)).toBe(40);
  });

  it('parts them by their share', () => {
    expect(strands(band('root/0:1').strands)).toBe(30);
    expect(strands(band('root/0:0').strands)).toBe(10);
  });

  it('leads an alternative to its words', () => {
    expect(Math.max(...xs(band('root/0:0').outline))).toBeCloseTo(188, 0);
  });

  it('keeps every number finite and every outline closed', () => {
    for (const { outline, strands: lines } of bands) {
      expect(outline + lines).not.toMatch(/NaN|Infinity|undefined/);
      expect(outline).toMatch(/^M.*Z$/);
    }
  });

  it('shows less than one volunteer as a faint strand', () => {
    const rare = growFlow(sampleTree, answersWith({ 1: 0.99, 0: 0.006, 2: 0.004 }), new Set(['root/0/unlikely']));
    const drawn = drawRiver(
      rare,
      stack(rare.levels.map((level) => level.key)),
      { everybody: 160, reachOut: 40 },
      new Set(['root/0/unlikely']),
    );
    expect(drawn.filter((b) => ['root/0:0', 'root/0:2'].includes(b.key)).some((b) => b.faint)).toBe(true);
  });

  it('brings back those who left for the next question', () => {
    expect(bands.some((b) => b.key === `${flow.levels[2]?.key ?? ''}/return`)).toBe(true);
  });
});
