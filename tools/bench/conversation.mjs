// A program that answers JSON lines with JSON lines, one at a time.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class Conversation {
  #child;
  #lines;
  #complaints = '';

  constructor(program, args, environment = {}) {
    this.#child = spawn(program, args, { env: { ...process.env, ...environment } });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#child.stderr.on('data', (text) => (this.#complaints = (this.#complaints + text).slice(-2000)));
    this.#child.on('error', (error) => (this.#complaints += error.message));
    this.#child.stdin.on('error', () => undefined); // it is gone: the next line says so
  }

  async ask(question) {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(lastLine(this.#complaints) || 'it ended without a word');
    return JSON.parse(value);
  }

  close() {
    this.#child.stdin.end();
    this.#child.kill();
  }
}

const lastLine = (text) => text.trim().split('\n').at(-1) ?? '';
