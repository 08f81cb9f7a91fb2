// What else runs networks in a browser, each in a page of the same browser that loads nothing else (web/peer.html).
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { shapeOf } from '../onnx.mjs';
import { within } from '../within.mjs';

const limit = 120; // seconds for one answer: some never give one for the largest networks

const webPeer = (browser, { key, title, restless, can, processors, task }) => ({
  key,
  title,
  restless,
  ours: false,
  can,
  async open(wanted) {
    const { page, close } = await browser.page('/bench/peer.html', { processors: processors(wanted) });
    const ready = page.evaluate(([peer, given]) => globalThis.openPeer(peer, given), [key, task(wanted)]);
    const version = await within(limit, ready).catch(async (error) => {
      await close(); // or it would go on beside the others
      throw error;
    });
    const repeat = async (seconds) => {
      const answer = page.evaluate((s) => globalThis.repeatPeer(s), seconds);
      return { images_per_second: await within(limit, answer) };
    };
    return { version, repeat, close };
  },
});

const infers = ({ mode }) => mode === 'infer'; // neither of two trains a convolution as WebAssembly

function onnx(write) {
  const task = ({ subject, batch, threads }) => ({ file: write(subject), shape: shapeOf(subject, batch), threads });
  const title = 'ONNX Runtime Web';
  return { key: 'onnxruntime-web', title, can: infers, processors: ({ threads }) => threads, task };
}

// It takes no more threads than half the processors, whatever is asked: so it is shown twice as many as it may use.
function tensorflow() {
  const task = ({ subject, batch, threads }) => ({ network: subject.network, batch, threads });
  return { key: 'tfjs-wasm', title: 'TensorFlow.js', can: infers, processors: ({ threads }) => 2 * threads, task };
}

// It takes minutes for a batch of the larger networks: what is plain and small says enough.
const patience = 2e9;
const plain = new Set([
  'conv2d',
  'dense',
  'batch_norm',
  'max_pool',
  'avg_pool',
  'relu',
  'sigmoid',
  'dropout',
  'flatten',
]);
function jax() {
  const task = ({ subject, batch }) => ({ network: subject.learner, target: subject.target, batch });
  const can = ({ mode, subject, batch, flop }) =>
    mode === 'train' &&
    flop * batch < patience &&
    ['classes', 'fractions'].includes(subject.target) &&
    subject.learner.layers.every(({ kind }) => plain.has(kind) || kind === 'concat');
  // Its threads keep the processors busy between its turns: nobody else is measured while it is open.
  return { key: 'jax-js', title: 'jax-js', restless: true, can, processors: ({ threads }) => threads, task };
}

export function webPeers(browser, peers, write) {
  const installed = (name) => peers && existsSync(join(peers, 'node_modules', name));
  const found = [];
  if (write && installed('onnxruntime-web')) found.push(onnx(write));
  if (installed('@tensorflow/tfjs') && installed('@tensorflow/tfjs-backend-wasm')) found.push(tensorflow());
  if (installed('@jax-js/jax')) found.push(jax());
  return found.map((peer) => webPeer(browser, peer));
}
