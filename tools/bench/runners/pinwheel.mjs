// Pinwheel's own command line: each repetition is a process of its own.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export async function describe(program) {
  const { stdout } = await run(program, ['bench', '--describe'], { maxBuffer: 1 << 28 });
  return JSON.parse(stdout).subjects;
}

export const pinwheel = (program) => ({
  key: 'pinwheel',
  title: 'Pinwheel',
  ours: true,
  async open({ subject, mode, batch, threads }) {
    const args = ['bench', '--json', '--repetitions', '1', '--preset', subject.name, '--mode', mode];
    args.push('--batch', String(batch), '--threads', String(threads), '--seconds');
    return {
      async repeat(seconds) {
        const { stdout } = await run(program, [...args, String(seconds)]);
        const { instruction_set, measurements } = JSON.parse(stdout);
        return { ...measurements[0], instruction_set };
      },
      close: () => undefined,
    };
  },
});
