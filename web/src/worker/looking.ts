// One galaxy up close: the file it came from, what the network's preprocessing makes of it, the views it is learned from.
import type { Picture, Requests, Responses, Stage } from '../engine/protocol';
import { originalFile } from './changing';
import { find } from './held';
import { opened, running } from './module';

export async function original({ data, example }: Requests['original']): Promise<Responses['original']> {
  const { name, bytes } = await originalFile(find(data), example);
  return { name, picture: opened(running().module.decoded(bytes, name)) };
}

export async function stages({ data, example, recipe }: Requests['stages']): Promise<Stage[]> {
  const { name, bytes } = await originalFile(find(data), example);
  return opened(running().module.stages(bytes, name, recipe));
}

export async function views({ data, example, recipe, count, seed }: Requests['views']): Promise<Picture[]> {
  const entry = find(data);
  const { module, pool } = running();
  if (entry.set.suits(recipe)) return opened(module.views(entry.set, example, recipe, count, seed));
  const one = new module.DataSet();
  try {
    const { name, bytes } = await originalFile(entry, example);
    opened(one.fillWithOne(bytes, name, recipe, pool));
    return opened(module.views(one, 0, recipe, count, seed));
  } finally {
    one.delete();
  }
}
