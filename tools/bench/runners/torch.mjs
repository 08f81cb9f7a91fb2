// PyTorch, where a Python has it: PINWHEEL_PYTHON, the one on PATH, or the system's.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Conversation } from '../conversation.mjs';

const peers = join(import.meta.dirname, '..', 'peers');

/** The first Python that can import all of these modules, or null. */
export function pythonWith(...modules) {
  const candidates = [process.env.PINWHEEL_PYTHON, 'python3', '/usr/bin/python3'].filter(Boolean);
  return candidates.find((python) => succeeds(python, ['-c', `import ${modules.join(', ')}`])) ?? null;
}

function succeeds(program, args) {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

// torch.set_num_threads does not reach every BLAS; these do, before it is loaded.
const threadLimits = (threads) =>
  Object.fromEntries(['OMP', 'OPENBLAS', 'MKL'].map((library) => [`${library}_NUM_THREADS`, String(threads)]));

export function torch() {
  const python = pythonWith('torch');
  if (!python) return null;
  return {
    key: 'torch',
    title: 'PyTorch',
    ours: false,
    async open({ subject, mode, batch, threads }) {
      const peer = new Conversation(python, [join(peers, 'torch_peer.py')], threadLimits(threads));
      const { ready } = await peer.ask({ subject, mode, batch, threads });
      return { version: ready, repeat: (seconds) => peer.ask({ seconds }), close: () => peer.close() };
    },
  };
}
