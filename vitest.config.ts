import { defineConfig } from 'vitest/config';
import { HeaviestFirst } from './scripts/heaviest-first.js';
import { RefuseSkippedTests } from './scripts/refuse-skipped-tests.js';

const isCi = process.env.CI === 'true';

/** Where the results are also written as JSON, when set. */
const reportFile = process.env.TEST_REPORT_FILE;

/** After this long a test counts as hanging, in milliseconds. It limits nothing that a test is about. */
const HANGS_MS = 300_000;

/** Runs commands for the tests of the server. */
const COMMAND_HOST = 'packages/server/test/harness/start-command-host.ts';

const SERVER_TESTS = 'packages/server/test/**/*.test.ts';

// A test file of the server runs once on each engine, unless its name says otherwise: see CONTRIBUTING.md.
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'sqlite',
          include: [SERVER_TESTS],
          exclude: ['**/*.postgres.test.ts'],
          provide: { engine: 'sqlite' },
          globalSetup: COMMAND_HOST,
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: [SERVER_TESTS],
          exclude: ['**/*.{sqlite,once}.test.ts'],
          provide: { engine: 'postgres' },
          globalSetup: [COMMAND_HOST, 'packages/server/test/harness/start-postgres.ts'],
        },
      },
      { extends: true, test: { name: 'client', include: ['packages/client/test/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'testing', include: ['packages/testing/test/**/*.test.ts', 'examples/testing/vitest.test.mjs'] },
      },
      { extends: true, test: { name: 'tabular', include: ['packages/tabular/test/**/*.test.ts'] } },
    ],
    pool: 'forks',
    // More than a small machine has cores: much of what tests do is to wait, for disks and for what comes by a timer.
    maxWorkers: 4,
    sequence: { sequencer: HeaviestFirst },
    testTimeout: HANGS_MS,
    hookTimeout: HANGS_MS,
    expect: { poll: { timeout: 0.8 * HANGS_MS, interval: 20 } },
    allowOnly: !isCi,
    reporters: [
      'default',
      ...(reportFile ? [['json', { outputFile: reportFile }] as [string, { outputFile: string }]] : []),
      new RefuseSkippedTests(isCi),
    ],
  },
});
