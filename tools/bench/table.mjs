// From measurements to rows: what share of the limit each reached, and how ours stand beside the better peer.

/** Every row of the limit's own machine and thread count is held against the best that was seen there in this run. */
export function tableOf(measured) {
  const limits = new Map();
  const place = ({ where, task }) => `${where} ${task.threads}`;
  for (const m of measured) {
    const seen = m.results.map((result) => result.limitGflops ?? 0);
    limits.set(place(m), Math.max(limits.get(place(m)) ?? 0, ...seen));
  }
  return measured.flatMap((m) => rowsOf(m, limits.get(place(m))));
}

function rowsOf({ where, task, results }, limitGflops) {
  const done = results.filter((result) => result.imagesPerSecond > 0);
  const best = (ours) => Math.max(0, ...done.filter((r) => r.ours === ours).map((r) => r.imagesPerSecond));
  const [ours, peer] = [best(true), best(false)];
  const { kind, mode, batch, threads } = task;
  return task.names.map((name) => ({
    where,
    name,
    ...{ kind, mode, batch, threads, limitGflops },
    results: results.map((result) => ({ ...result, percentOfLimit: (100 * result.gflops) / limitGflops })),
    ratio: ours > 0 && peer > 0 ? ours / peer : null, // our best build against the better peer
  }));
}
