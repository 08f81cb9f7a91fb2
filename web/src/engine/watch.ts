// Browsers do not tell when a worker ends without an error, and then nobody would ever hear of its training again. But
// whoever has a run in hand holds its lock, and that the browser frees.
import { runLock } from './protocol';

const grace = 1000; // milliseconds: a run that ended well lets go of its lock a moment before it says so

/** Calls `lost` once nobody has the run in hand any more, unless `signal` came first. */
export function watchRun(run: string, lost: () => void, signal: AbortSignal): void {
  if (!('locks' in navigator)) return;
  const free = () =>
    setTimeout(() => {
      if (!signal.aborted) lost();
    }, grace);
  navigator.locks.request(runLock(run), { mode: 'shared', signal }, () => undefined).then(free, () => undefined);
}
