import { defineConfig } from 'vitest/config';
import { RefuseSkippedTests } from './scripts/refuse-skipped-tests.js';

const isCi = process.env.CI === 'true';

/** Where the results are also written as JSON, when set. */
const reportFile = process.env.TEST_REPORT_FILE;

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    allowOnly: !isCi,
    reporters: [
      'default',
      ...(reportFile ? [['json', { outputFile: reportFile }] as [string, { outputFile: string }]] : []),
      new RefuseSkippedTests(isCi),
    ],
  },
});
