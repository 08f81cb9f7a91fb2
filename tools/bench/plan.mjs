// What is to be measured: every subject, judging one galaxy and 32 and training, on one thread and two. Presets that
// share a network (or differ only in their data) are measured once; the table still has a row for each.

export const kinds = [
  { key: 'infer-1', mode: 'infer', batch: () => 1, title: 'Judging, one galaxy at a time' },
  { key: 'infer-32', mode: 'infer', batch: () => 32, title: 'Judging, 32 at a time' },
  { key: 'train', mode: 'train', batch: (subject) => subject.training_batch, title: 'Training' },
];

// All that decides how long a batch takes.
const workOf = (subject, { mode, batch }) =>
  JSON.stringify(
    mode === 'infer'
      ? [batch(subject), subject.network]
      : [batch(subject), subject.learner, subject.loss, subject.target, subject.optimiser],
  );

/** One task for each piece of work and number of threads; `names` are the subjects that it stands for. */
export function planTasks(subjects, threads) {
  const tasks = new Map();
  for (const kind of kinds) {
    for (const subject of subjects) {
      for (const count of threads) {
        const key = `${kind.key} ${count} ${workOf(subject, kind)}`;
        const known = tasks.get(key);
        if (known) known.names.push(subject.name);
        else tasks.set(key, taskOf(subject, kind, count));
      }
    }
  }
  return [...tasks.values()];
}

function taskOf(subject, { key, mode, batch }, threads) {
  const flop = mode === 'train' ? subject.training_flop : subject.inference_flop;
  return { kind: key, names: [subject.name], subject, mode, batch: batch(subject), threads, flop };
}
