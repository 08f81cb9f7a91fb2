// From measurements to rows: what share of the limit each reached, and how ours stand beside the better peer.

const place = (where, task, engine) => `${where} ${task.threads} ${engine}`;

// The best that was seen in this run on as many threads: of each instruction set, and of them all for the peers, of whom
// nobody knows which they use.
function limitsOf(measured) {
  const limits = new Map();
  const see = (key, limit) => limits.set(key, Math.max(limits.get(key) ?? 0, limit ?? 0));
  for (const { where, task, results } of measured) {
    for (const { instructionSet, limitGflops } of results) {
      see(place(where, task, instructionSet), limitGflops);
      see(place(where, task, undefined), limitGflops);
    }
  }
  return limits;
}

export function tableOf(measured) {
  const limits = limitsOf(measured);
  return measured.flatMap(({ where, task, results }) => {
    const judged = results.map((result) => {
      const limitGflops = limits.get(place(where, task, result.instructionSet));
      return { ...result, limitGflops, percentOfLimit: (100 * result.gflops) / limitGflops };
    });
    return rowsOf(where, task, judged);
  });
}

function rowsOf(where, task, results) {
  const best = (ours) => Math.max(0, ...results.filter((r) => r.ours === ours).map((r) => r.imagesPerSecond ?? 0));
  const [fastest, peer] = [best(true), best(false)];
  const against = (rate) => (rate > 0 && peer > 0 ? rate / peer : null);
  const judged = results.map((result) => ({ ...result, ratio: result.ours ? against(result.imagesPerSecond) : null }));
  const { kind, mode, batch, threads } = task;
  return task.names.map((name) => ({
    where,
    name,
    ...{ kind, mode, batch, threads },
    results: judged,
    ratio: against(fastest), // of our fastest build to the better peer
  }));
}
