// Where the network looked: patch after patch of the picture is covered, between two messages. One picture at a time; a
// later wish ends the one before it.
import { EngineError, type Heat, type Requests } from '../engine/protocol';
import type { Job } from './job';
import { bytesOf, opened, running } from './module';
import { slice, turn } from './turn';

let latest = 0;

export async function explain({ name, file, outputs }: Requests['explain'], job: Job<'explain'>): Promise<Heat[]> {
  latest += 1;
  const mine = latest;
  const bytes = await bytesOf(file, name);
  const { engine } = running();
  let heat = opened(engine.beginExplanation(bytes, name, Int32Array.from(outputs)));
  for (; ; heat = opened(engine.explain(slice))) {
    const { done, total, maps } = heat;
    if (done >= total) return maps;
    job.progress(done / total);
    await turn();
    if (job.cancelled() || mine !== latest) throw new EngineError('cancelled', 'Stopped.');
  }
}
