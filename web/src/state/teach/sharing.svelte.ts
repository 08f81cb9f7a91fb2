// A link that carries the configuration as it stands, and what to do with one that somebody sent.
import { pack, unpack } from '../../galaxy/share';
import { session } from '../session.svelte';
import { reason } from './ask';
import { galaxies } from './galaxies.svelte';
import { network } from './network.svelte';

export function shareLink(): string | null {
  const { recipe } = network;
  const { data, sky } = galaxies;
  if (!recipe || !data) return null;
  const rendered = data.origin === 'rendered';
  const shared = pack({
    version: 1,
    sky: rendered ? $state.snapshot(sky) : null,
    recipe,
    outputs: data.outputs.length,
    targetKind: data.targetKind,
  });
  return `${location.origin}${location.pathname}#teach/galaxies=${shared}`;
}

export function takeShared(): void {
  const text = session.shared;
  session.shared = null;
  if (text === null) return;
  try {
    const { sky, recipe, outputs, targetKind } = unpack(text);
    if (sky) Object.assign(galaxies.sky, sky);
    galaxies.way = sky ? 'rendered' : 'files';
    network.take(recipe, { outputs, targetKind });
    galaxies.notice = 'This is the configuration that somebody shared with you: press the lit button in each step.';
  } catch (error) {
    galaxies.message = reason(error);
  }
}
