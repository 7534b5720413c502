import { inject } from 'vitest';
import type { Outcome, RunOptions } from './program.js';

/**
 * Runs a command as the program does, in a process that stays, which a start of the program would take longer than: for
 * what a test asks of a command, and not of a process. Of the surrounding environment it gets nothing, nor a terminal.
 */
export async function runCommand(
  args: readonly string[],
  { environment = {}, input = '' }: Pick<RunOptions, 'environment' | 'input'> = {},
): Promise<Outcome> {
  const body = JSON.stringify({ args, environment, input: Buffer.from(input).toString('base64') });
  const answer = await fetch(inject('commandHost'), { method: 'POST', body });
  return (await answer.json()) as Outcome;
}
