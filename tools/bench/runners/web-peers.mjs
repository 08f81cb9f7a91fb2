// ONNX Runtime Web and TensorFlow.js in the same browser, each in a page that loads nothing else (web/peer.html).
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { shapeOf } from '../onnx.mjs';

const webPeer = (browser, { key, title, task }) => ({
  key,
  title,
  ours: false,
  can: ({ mode }) => mode === 'infer', // neither trains a convolution as WebAssembly
  async open(wanted) {
    const { page, close } = await browser.page('/bench/peer.html');
    const version = await page.evaluate(([peer, given]) => globalThis.openPeer(peer, given), [key, task(wanted)]);
    return {
      version,
      repeat: async (seconds) => ({ images_per_second: await page.evaluate((s) => globalThis.repeatPeer(s), seconds) }),
      close,
    };
  },
});

export function webPeers(browser, peers, write) {
  const installed = (name) => peers && existsSync(join(peers, 'node_modules', name));
  const found = [];
  if (write && installed('onnxruntime-web')) {
    const task = ({ subject, batch, threads }) => ({ file: write(subject), shape: shapeOf(subject, batch), threads });
    found.push(webPeer(browser, { key: 'onnxruntime-web', title: 'ONNX Runtime Web', task }));
  }
  if (installed('@tensorflow/tfjs') && installed('@tensorflow/tfjs-backend-wasm')) {
    const task = ({ subject, batch, threads }) => ({ network: subject.network, batch, threads });
    found.push(webPeer(browser, { key: 'tfjs-wasm', title: 'TensorFlow.js', task }));
  }
  return found;
}
