import { expect } from 'vitest';
import type { Outcome } from './program.js';

/** Expects one sentence for the operator on standard error, nothing on standard output, and exit status 1. */
export function expectFailure({ exitCode, stdout, stderr }: Outcome, sentence: RegExp): void {
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^countersign: .*\.\n$/);
  expect(stderr).toMatch(sentence);
}
