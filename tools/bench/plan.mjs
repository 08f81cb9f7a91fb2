// What is to be measured: every subject, judging one galaxy and 32 and training, on one thread and two. Presets that
// share a network (or differ only in their data) are measured once and share a row.

export const kinds = [
  { key: 'infer-1', mode: 'infer', batches: () => [1], title: 'Judging, one galaxy at a time' },
  { key: 'infer-32', mode: 'infer', batches: () => [32], title: 'Judging, 32 at a time' },
  { key: 'train', mode: 'train', batches: (subject) => trainingBatches(subject), title: 'Training' },
];

// The perceptron learns picture by picture, as it was published; a batch of this size is what others make of it.
const trainingBatches = ({ name, training_batch }) => (name === 'two-layer' ? [training_batch, 256] : [training_batch]);

// All that decides how long a batch takes.
const workOf = (subject, mode, batch) =>
  JSON.stringify(
    mode === 'infer'
      ? [batch, subject.network]
      : [batch, subject.learner, subject.loss, subject.target, subject.optimiser],
  );

/** One task for each piece of work and number of threads; `names` are the subjects that it stands for. */
export function planTasks(subjects, threads) {
  const tasks = new Map();
  for (const [kind, subject, batch] of allWork(subjects)) {
    for (const count of threads) {
      const key = `${kind.key} ${count} ${workOf(subject, kind.mode, batch)}`;
      const known = tasks.get(key);
      if (known) known.names.push(subject.name);
      else tasks.set(key, taskOf(subject, kind, batch, count));
    }
  }
  return [...tasks.values()];
}

const allWork = (subjects) =>
  kinds.flatMap((kind) => subjects.flatMap((subject) => kind.batches(subject).map((batch) => [kind, subject, batch])));

function taskOf(subject, { key, mode }, batch, threads) {
  const flop = mode === 'train' ? subject.training_flop : subject.inference_flop;
  const dense = isDense(mode === 'train' ? subject.learner : subject.network);
  return { kind: key, names: [subject.name], subject, mode, batch, threads, flop, dense };
}

// Without convolutions, which may take fewer multiply-adds than define them, the machine's limit is one for everybody.
const isDense = ({ layers }) => layers.every(({ kind }) => kind !== 'conv2d');

/** The same for the same task of another run. */
export const nameOf = (where, { kind, names, batch, threads }) => `${where} ${kind} ${names[0]} ×${batch} ${threads}t`;
