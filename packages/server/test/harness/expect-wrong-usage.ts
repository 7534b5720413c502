import { expect } from 'vitest';
import type { Outcome } from './program.js';

/** Expects that a command was used wrongly: exit status 2, nothing on standard output, no stack on standard error. */
export function expectWrongUsage({ exitCode, stdout, stderr }: Outcome): void {
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/\S/);
  expect(stderr).not.toMatch(/\n\s+at /);
}
