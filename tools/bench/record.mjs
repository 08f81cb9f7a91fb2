// What was measured so far, on disk after each measurement; and the page about it.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { barsOf } from './bars.mjs';
import { page } from './page.mjs';
import { nameOf } from './plan.mjs';
import { tableOf } from './table.mjs';

const machine = () =>
  `${cpus().length} cores (${cpus()[0]?.model.trim() ?? process.arch}) and ${(totalmem() / 1e9).toFixed(0)} GB of memory`;
const load = () => loadavg()[0].toFixed(2);
const command = () => ['./dev bench', ...process.argv.slice(3)].join(' ');

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file); // never half a file
}

export class Record {
  #measured = [];
  #known = new Set();
  #start = performance.now();
  #loadBefore = load();
  #minutesBefore = 0;
  visits = null; // of measureFirstVisits

  constructor({ pace, json }) {
    Object.assign(this, { pace, json });
  }

  get minutes() {
    return Math.round(this.#minutesBefore + (performance.now() - this.#start) / 60_000);
  }

  get rows() {
    return tableOf(this.#measured);
  }

  get bars() {
    return barsOf(this.rows, this.visits);
  }

  get about() {
    const found = this.rows.flatMap(({ results }) => results.map((result) => result.version));
    return {
      ...{ date: new Date().toISOString().slice(0, 10), command: command(), machine: machine(), ...this.pace },
      ...{ versions: [...new Set(found.filter(Boolean))].sort(), minutes: this.minutes },
      load: { before: this.#loadBefore, after: load() },
    };
  }

  has(name) {
    return this.#known.has(name);
  }

  /** Takes over what an interrupted run has written; one of another pace or machine is not mixed in. */
  resume() {
    if (!existsSync(this.json)) throw new Error(`nothing to resume: there is no ${this.json}`);
    const { about, visits, rows } = JSON.parse(readFileSync(this.json, 'utf8'));
    const same = about.machine === machine() && Object.keys(this.pace).every((key) => about[key] === this.pace[key]);
    if (!same) throw new Error(`${this.json} is of another machine or pace: leave out --resume to begin anew`);
    this.visits = visits ?? null;
    this.#minutesBefore = about.minutes;
    this.#loadBefore = about.load.before;
    for (const { where, results, ...task } of rows) this.#keep(where, task, results);
  }

  visited(milliseconds) {
    this.visits = milliseconds;
    this.#save();
  }

  add(where, task, results) {
    this.#keep(where, task, results);
    this.#save();
  }

  #keep(where, task, results) {
    this.#measured.push({ where, task, results });
    this.#known.add(nameOf(where, task));
  }

  #save() {
    const { about, bars, visits, rows } = this;
    write(this.json, `${JSON.stringify({ about, bars, visits, rows }, null, 1)}\n`);
  }

  /** The page, once there is nothing more to measure: half a table would stand in the place of a whole one. */
  publish(file, names) {
    const { about, bars, rows } = this;
    write(file, page({ rows, bars, names, about }));
  }
}
