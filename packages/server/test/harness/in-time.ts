import { expect } from 'vitest';
import { runProgram } from './program.js';

/** So many times the floor may come to what is allowed: a busy machine is late at each of some turns. */
const LATE_TURNS = 5;

/** How long something takes, in milliseconds. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** How long this machine takes now, at worst of ten times, for something that is short on a quiet one, in milliseconds. */
export async function floorOf(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  while (times.length < 10) times.push(await timeOf(work));
  return Math.max(...times);
}

/** How long this machine takes now to start the program, in milliseconds. */
export function floorOfStart(): Promise<number> {
  return timeOf(() => runProgram(['--version']));
}

/**
 * Expects that something took no longer than is guaranteed on a quiet machine, and a few times the floor, which the same run
 * measured: on a busy machine that is as much more as the machine is slower.
 */
export function expectInTime(tookMs: number, { limitMs, floorMs }: { limitMs: number; floorMs: number }): void {
  expect(tookMs).toBeLessThan(limitMs + LATE_TURNS * floorMs);
}
