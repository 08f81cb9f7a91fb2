// From measurements to rows: what share of the limit each reached, and how ours stand beside the better peer.

/** What a person gets here: natively the program, in a browser of today the first of our builds. */
export const isMain = ({ ours, build }) => ours && (build === undefined || build === 'relaxed-threads');

const place = (where, task, engine) => `${where} ${task.threads} ${engine}`;

// The best that was seen in this run on as many threads: of each instruction set, and of them all for the peers, of whom
// nobody knows which they use.
function limitsOf(measured) {
  const limits = new Map();
  const see = (key, limit) => limits.set(key, Math.max(limits.get(key) ?? 0, limit ?? 0));
  for (const { where, task, results } of measured) {
    for (const { instructionSet, limitGflops } of results.filter(({ ours }) => ours)) {
      see(place(where, task, instructionSet), limitGflops);
      see(place(where, task, undefined), limitGflops);
    }
  }
  return limits;
}

/** A row for each measurement, in their order. */
export function tableOf(measured) {
  const limits = limitsOf(measured);
  return measured.map(({ where, task, results }) => {
    const judged = results.map((result) => {
      const limitGflops = limits.get(place(where, task, result.instructionSet)) ?? null;
      return {
        ...result,
        limitGflops,
        percentOfLimit: limitGflops ? (100 * result.gflops) / limitGflops : null,
      };
    });
    return rowOf(where, task, judged);
  });
}

function rowOf(where, { kind, names, mode, batch, threads, flop, dense }, results) {
  const best = (wanted) => Math.max(0, ...results.filter(wanted).map((r) => r.imagesPerSecond ?? 0));
  const [mine, peer] = [best(isMain), best((result) => !result.ours)];
  const ratio = mine > 0 && peer > 0 ? mine / peer : null;
  return { where, kind, names, mode, batch, threads, flop, dense, results, ratio };
}
