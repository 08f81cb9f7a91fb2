// One tab trains at a time, and one run belongs to one tab. The browser lets go of a lock when its tab dies, however it
// dies; a tab that holds one is not frozen in the background. Pages from plain http have no locks, nor a place to keep
// anything: there every tab trains for itself.
import { runLock } from '../engine/protocol';

const locks = 'locks' in navigator ? navigator.locks : null;
const runPrefix = runLock('');

/** Null when somebody else has it; else the way to let go. */
function take(name: string): Promise<(() => void) | null> {
  if (!locks) return Promise.resolve(() => undefined);
  return new Promise((resolve) => {
    void locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) {
        resolve(null);
        return undefined;
      }
      return new Promise<void>((release) => {
        resolve(() => release());
      });
    });
  });
}

export const takeTraining = () => take('pinwheel-training');
export const takeRun = (run: string) => take(runLock(run));

export async function runsElsewhere(own: string | null): Promise<Set<string>> {
  const { held = [] } = (await locks?.query()) ?? {};
  const names = held.map((lock) => lock.name ?? '').filter((name) => name.startsWith(runPrefix));
  return new Set(names.map((name) => name.slice(runPrefix.length)).filter((run) => run !== own));
}

/** Nobody else, in whatever tab, writes what is called so meanwhile, nor (`exclusive`) reads it. */
export const holding = async <T>(name: string, mode: LockMode, work: () => Promise<T>): Promise<T> =>
  locks ? await locks.request(name, { mode }, work) : work();
