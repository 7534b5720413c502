import { inject } from 'vitest';
import type { Environment, Outcome } from './program.js';

/**
 * Runs a command as the program does, in a process that stays: for what a test needs and is not about. Of the surrounding
 * environment it gets nothing.
 */
export async function runCommand(args: readonly string[], environment: Environment): Promise<Outcome> {
  const answer = await fetch(inject('commandHost'), { method: 'POST', body: JSON.stringify({ args, environment }) });
  return (await answer.json()) as Outcome;
}
