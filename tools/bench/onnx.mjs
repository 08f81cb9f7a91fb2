// ONNX files of the networks, written once by PyTorch into build/bench/onnx.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pythonWith } from './runners/torch.mjs';

export const folder = join('build', 'bench', 'onnx');
const script = join(import.meta.dirname, 'peers', 'export_onnx.py');

/** subject → the file's name below `folder`; null where nobody can write it. */
export function exporter() {
  const python = pythonWith('torch');
  if (!python) return null;
  return (subject) => {
    const network = JSON.stringify(subject.network);
    const name = `${createHash('sha256').update(network).digest('hex').slice(0, 16)}.onnx`;
    const file = join(folder, name);
    if (existsSync(file)) return name;
    mkdirSync(folder, { recursive: true });
    execFileSync(python, [script, file], { input: JSON.stringify(subject), stdio: ['pipe', 'ignore', 'pipe'] });
    return name;
  };
}

/** The shape of `batch` pictures, channels first as the files want them. */
export function shapeOf({ network }, batch) {
  const [height, width, channels] = network.input;
  return network.input.length === 1 ? [batch, height] : [batch, channels, height, width];
}
