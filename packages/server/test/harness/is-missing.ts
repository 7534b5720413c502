import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether a program that npm can't bring is not on this machine, so that the tests of what it does are skipped, which the
 * run says at its end. Never in CI, where they fail instead.
 */
export function isMissing(program: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin'];
  return process.env.CI !== 'true' && !folders.some((folder) => existsSync(join(folder, program)));
}
