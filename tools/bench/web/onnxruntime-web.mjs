// ONNX Runtime Web on its WebAssembly backend.
import * as ort from '/peers/onnxruntime-web/dist/ort.wasm.min.mjs';

export async function open({ file, shape, threads }) {
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = '/peers/onnxruntime-web/dist/';
  const options = { executionProviders: ['wasm'], graphOptimizationLevel: 'all' };
  const session = await ort.InferenceSession.create(`/onnx/${file}`, options);
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, Math.random);
  const pictures = new ort.Tensor('float32', values, shape);
  return {
    version: `ONNX Runtime Web ${ort.env.versions.web}`,
    batch: shape[0],
    run: () => session.run({ pictures }),
  };
}
