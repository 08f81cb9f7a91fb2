// How the contact sheet is sorted and filtered. Kept while one looks at single galaxies and comes back.
import type { Galaxy } from './session.svelte';

export type Order = 'came' | 'name' | 'most' | 'least';

const names = new Intl.Collator('en', { numeric: true });

class SheetChoice {
  output = $state(-1); // the answer of interest; -1: none
  atLeast = $state(0); // per cent
  order = $state<Order>('came');
}
export const sheetChoice = new SheetChoice();

export function arrange(galaxies: readonly Galaxy[], output: number, atLeast: number, order: Order): Galaxy[] {
  const value = (galaxy: Galaxy) => galaxy.judgement?.values[output] ?? -1;
  const shown = galaxies.filter(
    (galaxy) => galaxy.status !== 'failed' && (output < 0 || atLeast === 0 || value(galaxy) * 100 >= atLeast),
  );
  if (order === 'name') return shown.sort((a, b) => names.compare(a.name, b.name));
  if (output < 0 || order === 'came') return shown;
  return shown.sort((a, b) => (order === 'most' ? value(b) - value(a) : value(a) - value(b)));
}
