// One measurement, repetition by repetition. Its module is not the one that judges: two pools would want more threads than
// there are.
import { EngineError, type BenchFigures, type BenchSubject, type Requests } from '../engine/protocol';
import type { Job } from './job';
import { instantiate, opened, poolOf } from './module';
import { turn } from './turn';

export const benchSubjects = async (request: Requests['benchSubjects']): Promise<BenchSubject[]> =>
  opened((await instantiate(request)).benchSubjects());

export async function bench(request: Requests['bench'], job: Job<'bench'>): Promise<BenchFigures> {
  const { name, mode, batch, threads, seconds, repetitions } = request;
  const module = await instantiate(request);
  const measurement = new module.Bench(await poolOf(module, threads));
  opened(measurement.begin(name, mode, batch));
  for (let done = 1; done <= repetitions; done += 1) {
    opened(measurement.repeat(seconds));
    job.progress(done);
    await turn();
    if (job.cancelled()) throw new EngineError('cancelled', 'Stopped.');
  }
  return opened(measurement.figures());
}
