// @ts-check
/**
 * Prints "<passed> passed, <failed> failed" for a JSON report of Vitest, and fails unless tests ran and all passed.
 *
 * A skipped test counts as failed, and so does a file that failed without any test of its own failing.
 *
 * Usage: node scripts/count-tests.mjs <report.json>
 */
import { readFileSync } from 'node:fs';

/** @type {import('vitest/node').JsonTestResults} */
const report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));

const broken = report.testResults.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
);
const passed = report.numPassedTests;
const failed = report.numTotalTests - passed + broken.length;

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
