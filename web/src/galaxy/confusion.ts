// Who is taken for whom: the table of truths and guesses, and what in it deserves a look first.

export interface Cell {
  truth: number;
  guess: number;
}

/** Part of a true class that was given this name. */
export function share(cells: readonly (readonly number[])[], { truth, guess }: Cell): number {
  const row = cells[truth] ?? [];
  const total = row.reduce((sum, many) => sum + many, 0);
  return total > 0 ? (row[guess] ?? 0) / total : 0;
}

/** The commonest mistake; null when there is none. */
export function worstMistake(cells: readonly (readonly number[])[]): Cell | null {
  let worst: Cell | null = null;
  let most = 0;
  cells.forEach((row, truth) => {
    row.forEach((many, guess) => {
      if (truth === guess || many <= most) return;
      most = many;
      worst = { truth, guess };
    });
  });
  return worst;
}
