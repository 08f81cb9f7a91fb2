// One task on everybody who can do it. Repetitions go round: a slow moment of the machine falls on all alike.
import { median, spread } from './statistics.mjs';

const patience = 10; // seconds for the rounds of one task; the first is always gone to its end
const steady = 0.1; // a spread that more rounds would not be worth; a machine that is shared has restless moments
const most = 3; // times the rounds that were asked for

/** → [{runner, title, ours, version, imagesPerSecond, …}]; who could not says why in `failed`. */
export async function measureTask(task, runners, pace) {
  const able = runners.filter((runner) => !runner.can || runner.can(task));
  const groups = [
    able.filter(({ restless }) => !restless),
    ...able.filter(({ restless }) => restless).map((one) => [one]),
  ];
  const results = [];
  for (const group of groups) results.push(...(await measureTogether(task, group, pace)));
  return results;
}

async function measureTogether(task, runners, { seconds, repetitions }) {
  const open = [];
  const results = [];
  for (const runner of runners) {
    const { key, title, build, ours } = runner;
    const result = { runner: key, title, build, ours, answers: [] };
    results.push(result);
    await attempt(result, async () => {
      const session = await runner.open(task);
      result.version = session.version;
      open.push({ session, result, rounds: runner.rounds ?? Infinity });
    });
  }
  const start = performance.now();
  const patient = (round) => round === 0 || performance.now() - start < 1e3 * patience;
  const isSteady = ({ result, rounds }) =>
    result.failed || rounds < Infinity || spread(ratesOf(result.answers)) <= steady;
  const enough = (round) => round >= most * repetitions || (round >= repetitions && open.every(isSteady));
  for (let round = 0; !enough(round) && patient(round); ++round) {
    for (const { session, result, rounds } of open) {
      if (!result.failed && round < rounds)
        await attempt(result, async () => result.answers.push(await session.repeat(seconds)));
    }
  }
  for (const { session } of open) await session.close();
  return results.map((result) => figures(task, result));
}

async function attempt(result, action) {
  try {
    await action();
  } catch (error) {
    result.failed = error.message.split('\n')[0]; // what a browser logs beside it is no reason
  }
}

const ratesOf = (answers) => answers.map((answer) => answer.images_per_second);

function figures(task, { answers, ...result }) {
  if (result.failed || answers.length === 0) return result;
  const rates = ratesOf(answers);
  const imagesPerSecond = median(rates);
  const all = (key) => answers.map((answer) => answer[key] ?? 0);
  return {
    ...result,
    instructionSet: answers[0].instruction_set,
    imagesPerSecond,
    spread: spread(rates),
    millisecondsPerBatch: (1e3 * task.batch) / imagesPerSecond,
    gflops: imagesPerSecond * task.flop * 1e-9,
    limitGflops: Math.max(...all('limit_gflops')) || null,
    peakMemoryBytes: Math.max(...all('peak_memory_bytes')) || null,
    repetitions: rates,
    limits: all('limit_gflops'), // of each repetition's moment
    handOvers: all('hand_over_microseconds'), // 0 on one thread
  };
}
