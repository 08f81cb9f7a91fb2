// ONNX Runtime's own native library under node. A conversation as in torch_peer.py, one measurement a process:
//   node onnx_peer.mjs PEERS_FOLDER
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const require = createRequire(join(process.argv[2], 'package.json'));
const ort = require('onnxruntime-node');
const say = (value) => console.log(JSON.stringify(value));

async function open({ file, shape, threads }) {
  const options = { intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: 'all' };
  const session = await ort.InferenceSession.create(file, options);
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, Math.random);
  const pictures = new ort.Tensor('float32', values, shape);
  return () => session.run({ pictures });
}

async function repeat(run, batch, seconds) {
  const start = performance.now();
  for (let batches = 1; ; batches += 1) {
    await run();
    const elapsed = (performance.now() - start) / 1000;
    if (elapsed >= seconds) return (batches * batch) / elapsed;
  }
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const task = JSON.parse((await lines.next()).value);
const run = await open(task);
await repeat(run, 1, 0.1); // as ours warms up (core/cli/bench.cpp)
say({ ready: `ONNX Runtime ${require('onnxruntime-node/package.json').version}` });
for await (const line of lines) {
  const rate = await repeat(run, task.shape[0], JSON.parse(line).seconds);
  say({ images_per_second: rate, peak_memory_bytes: process.resourceUsage().maxRSS * 1024 });
}
