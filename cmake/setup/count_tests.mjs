// node count_tests.mjs ctest|vitest|playwright REPORT STATUS → "PASSED FAILED"
// Sums the cases of a report. A suite that ended badly without naming a failed case (a crash, a missing report) still
// counts as one failure.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [kind, report, status] = process.argv.slice(2);
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));

const readers = {
  // One entry for a program; a GoogleTest program has left the figures of its cases beside it.
  ctest(path) {
    let passed = 0;
    let failed = 0;
    for (const [, name, outcome] of readFileSync(path, 'utf8').matchAll(/<testcase name="([^"]+)"[^>]* status="(\w+)"/g)) {
      const cases = join(dirname(path), 'reports', `${name}.json`);
      const good = outcome === 'run';
      if (!existsSync(cases)) {
        good ? ++passed : ++failed;
        continue;
      }
      const { testsuites } = json(cases);
      const all = testsuites.flatMap((suite) => suite.testsuite);
      const bad = all.filter((test) => test.failures).length;
      passed += all.filter((test) => !test.failures && test.result === 'COMPLETED').length;
      failed += good ? bad : Math.max(bad, 1);
    }
    return [passed, failed];
  },
  vitest(path) {
    const { numPassedTests, numFailedTests } = json(path);
    return [numPassedTests, numFailedTests];
  },
  playwright(path) {
    const { expected, unexpected, flaky } = json(path).stats;
    return [expected + flaky, unexpected];
  },
};

let [passed, failed] = existsSync(report) ? readers[kind](report) : [0, 0];
if (status !== '0' && failed === 0) failed = 1;
console.log(passed, failed);
