// Giving way: long work stops between two slices so that messages are answered. By a message channel, because timers are
// slowed down in background tabs.
const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

export const turn = () =>
  new Promise<void>((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });

/** Milliseconds of work between two turns: a pause waits for them, and every turn costs a little. */
export const slice = 30;
