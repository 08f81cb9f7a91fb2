// What the rail says of each step.
import { count, percent } from '../../galaxy/words';
import type { TeachStep } from '../address';
import { session } from '../session.svelte';
import { galaxies } from './galaxies.svelte';
import { network } from './network.svelte';
import { result } from './result.svelte';
import { shelf } from './shelf.svelte';
import { training } from './training.svelte';

interface Station {
  title: string;
  says: string;
  done: boolean;
}

class Stations implements Record<TeachStep, Station> {
  readonly galaxies = $derived.by((): Station => {
    const { data } = galaxies;
    const says = data
      ? data.labels
        ? `${data.count.toLocaleString('en')} in ${count(data.outputs.length, 'class', 'classes')}`
        : count(data.count, 'galaxy', 'galaxies')
      : '';
    return { title: 'Galaxies', says, done: data !== null };
  });
  readonly network = $derived.by((): Station => {
    const { recipe, words } = network;
    return { title: 'Network', says: words, done: recipe !== null && network.good };
  });
  readonly train = $derived.by((): Station => {
    const { phase } = training;
    const part = training.total > 0 ? percent(training.step / training.total) : '';
    const says = {
      idle: '',
      preparing: 'getting ready',
      running: part,
      paused: `paused at ${part}`,
      ended: 'finished',
    };
    return { title: 'Train', says: says[phase], done: phase === 'ended' };
  });
  readonly test = $derived.by((): Station => {
    const accuracy = result.evaluation?.metrics.accuracy;
    const says = accuracy === null || accuracy === undefined ? '' : `${percent(accuracy)} right`;
    return { title: 'Test', says, done: result.evaluation !== null };
  });
  readonly use = $derived.by((): Station => ({
    title: 'Use',
    says: shelf.entries.length > 0 ? `${String(shelf.entries.length)} on the shelf` : '',
    done: session.model !== null,
  }));
}

export const stations = new Stations();
