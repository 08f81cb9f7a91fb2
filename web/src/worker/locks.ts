// One tab trains at a time, and one run belongs to one tab. The browser lets go of a lock when its tab dies, however it
// dies; a tab that holds one is not frozen in the background.
const prefix = 'pinwheel-run-';

/** Null when somebody else has it; else the way to let go. */
function take(name: string): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
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
export const takeRun = (run: string) => take(prefix + run);

export async function runsElsewhere(own: string | null): Promise<Set<string>> {
  const { held = [] } = await navigator.locks.query();
  const names = held.map((lock) => lock.name ?? '').filter((name) => name.startsWith(prefix));
  return new Set(names.map((name) => name.slice(prefix.length)).filter((run) => run !== own));
}
