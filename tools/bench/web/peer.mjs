// What the driver calls in this page: openPeer once, then repeatPeer as often as it likes. A peer's module gives
// open(task) → {version, batch, run}, and run() computes a batch to its end.
let running = null;

globalThis.openPeer = async (name, task) => {
  const { open } = await import(`./${name}.mjs`);
  running = await open(task);
  // Whatever is compiled or allocated at first; of what takes long once has to do.
  const start = performance.now();
  for (let i = 0; i < 3 && (i === 0 || performance.now() - start < 3000); i += 1) await running.run();
  return running.version;
};

globalThis.repeatPeer = async (seconds) => {
  const start = performance.now();
  for (let batches = 1; ; batches += 1) {
    await running.run();
    const elapsed = (performance.now() - start) / 1000;
    if (elapsed >= seconds) return (batches * running.batch) / elapsed;
  }
};
