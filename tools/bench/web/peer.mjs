// What the driver calls in this page: openPeer once, then repeatPeer as often as it likes. A peer's module gives
// open(task) → {version, batch, run}, and run() computes a batch to its end.
let running = null;
// Seconds, as ours has them (wasm/bench.cpp): what is allocated once, and translated anew when it has run for a while.
const warmUp = 0.5;

globalThis.openPeer = async (name, task) => {
  const { open } = await import(`./${name}.mjs`);
  running = await open(task);
  await globalThis.repeatPeer(warmUp);
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
