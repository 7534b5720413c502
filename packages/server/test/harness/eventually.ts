import { vi } from 'vitest';

/** After this long a test counts as hanging, in milliseconds: somewhat less than a test may take. */
const HANGS_MS = 240_000;

/** Checks again and again until the check throws nothing; gives its answer. However slow the machine is, it waits. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: HANGS_MS, interval: 20 });
}
