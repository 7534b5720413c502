import { relative } from 'node:path';
import type { Reporter, TestModule, Vitest } from 'vitest/node';

/**
 * Vitest reporter that names every skipped and todo test, and in CI fails the run for them.
 *
 * Tests left out by `--testNamePattern` don't count. It prints nothing when nothing was skipped.
 */
export class RefuseSkippedTests implements Reporter {
  readonly #isCi: boolean;
  #vitest: Vitest | undefined;

  constructor(isCi: boolean) {
    this.#isCi = isCi;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(testModules: readonly TestModule[]): void {
    const skipped = this.#vitest?.config.testNamePattern === undefined ? testModules.flatMap(skippedIn) : [];
    if (skipped.length === 0) {
      return;
    }
    const verdict = this.#isCi ? 'which fails the run in CI' : 'which would fail the run in CI';
    console.error(`\n${skipped.length} skipped, ${verdict}:\n${skipped.map((name) => `  ${name}\n`).join('')}`);
    if (this.#isCi) {
      process.exitCode = 1;
    }
  }
}

function skippedIn(testModule: TestModule): string[] {
  const file = relative(testModule.project.config.root, testModule.moduleId);
  return [...testModule.children.allTests('skipped')].map((test) => `${file} > ${test.fullName}`);
}
