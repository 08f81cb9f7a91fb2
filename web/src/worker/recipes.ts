// Recipes: what there is, what a changed one would be, how long it would take on this machine.
import {
  EngineError,
  type EpochTime,
  type MemoryEstimate,
  type RecipeCard,
  type RecipeCheck,
  type Requests,
} from '../engine/protocol';
import { prepared } from './changing';
import { drop, find } from './held';
import type { Job } from './job';
import { opened, running } from './module';
import { estimate } from './room';
import { slice, turn } from './turn';

export const recipes = async ({ outputs, targetKind }: Requests['recipes']): Promise<RecipeCard[]> =>
  Promise.resolve(opened(running().module.recipeCards(outputs, targetKind)));

export const recipe = async ({ name, outputs }: Requests['recipe']): Promise<string> =>
  Promise.resolve(opened(running().module.presetRecipe(name, outputs)));

// The core names the layer in its sentence: "layer 'conv3': …".
const layerIn = (message: string) => /layer '([^']+)'/.exec(message)?.[1] ?? null;

export async function checkRecipe({ recipe: text, outputs }: Requests['checkRecipe']): Promise<RecipeCheck> {
  const check = await Promise.resolve(opened(running().module.checkRecipe(text)));
  if (!check.good) return { ...check, layer: layerIn(check.message) };
  const answers = Number(check.layers.at(-1)?.output);
  if (answers === outputs.length) return check;
  const layer = check.layers.at(-1)?.name ?? null;
  const message = `The last layer gives ${check.layers.at(-1)?.output ?? 'nothing'}, but there are ${String(outputs.length)} answers to give.`;
  return { good: false, layer, message };
}

export async function memory({ data, recipe: text }: Requests['memory']): Promise<MemoryEstimate> {
  const check = await Promise.resolve(opened(running().module.checkRecipe(text)));
  if (!check.good) throw new EngineError('invalid_argument', check.message);
  const { count } = opened(find(data).set.summary());
  const trainingBytes = check.weightBytes + check.exampleBytes * Math.min(check.batch, count);
  return estimate({ count, ...check.stored }, trainingBytes);
}

const measuring = 1500; // milliseconds, and two steps at least

/** A few steps of the real network on real galaxies, then thrown away. */
export async function timeEpoch(
  { data, recipe: text }: Requests['timeEpoch'],
  job: Job<'timeEpoch'>,
): Promise<EpochTime> {
  const { module, pool } = running();
  const entry = find(data);
  const sample = await prepared(entry, text, undefined, { cancelled: job.cancelled, progress: () => undefined });
  const training = new module.Training(pool);
  try {
    const plan = opened(training.begin(sample.set, text, ''));
    const go = async (milliseconds: number): Promise<{ done: number; over: boolean }> => {
      const { losses, epochEnd } = opened(training.run(milliseconds));
      if (job.cancelled()) throw new EngineError('cancelled', 'Stopped.');
      await turn();
      return { done: losses.length, over: epochEnd };
    };
    while ((await go(0)).done === 0); // the first step also sets everything up
    let [steps, elapsed, over] = [0, 0, false];
    const start = performance.now();
    while (!over && (steps < 2 || performance.now() - start < measuring)) {
      const part = await go(slice);
      over = part.over;
      steps += part.done;
      if (part.done > 0) elapsed = performance.now() - start;
    }
    const secondsPerStep = elapsed / 1000 / Math.max(1, steps);
    // Judging costs about a third of learning.
    const validating = (plan.parts.validation / plan.batch / 3) * secondsPerStep;
    return {
      secondsPerEpoch: secondsPerStep * plan.stepsPerEpoch + validating,
      secondsPerStep,
      imagesPerSecond: plan.batch / secondsPerStep,
      steps: plan.stepsPerEpoch,
      measuredSteps: steps,
      epochs: plan.totalSteps / plan.stepsPerEpoch,
    };
  } finally {
    training.delete();
    if (sample !== entry) drop(sample.id);
  }
}
