// ONNX Runtime, native: onnxruntime-node from the peers' folder.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Conversation } from '../conversation.mjs';
import { folder, shapeOf } from '../onnx.mjs';

const script = join(import.meta.dirname, '..', 'peers', 'onnx_peer.mjs');

export function onnx(peers, write) {
  if (!peers || !write || !existsSync(join(peers, 'node_modules/onnxruntime-node'))) return null;
  return {
    key: 'onnxruntime',
    title: 'ONNX Runtime',
    ours: false,
    can: ({ mode }) => mode === 'infer',
    async open({ subject, batch, threads }) {
      const file = resolve(folder, write(subject));
      const peer = new Conversation('node', [script, resolve(peers)]);
      const { ready } = await peer.ask({ file, shape: shapeOf(subject, batch), threads });
      return { version: ready, repeat: (seconds) => peer.ask({ seconds }), close: () => peer.close() };
    },
  };
}
