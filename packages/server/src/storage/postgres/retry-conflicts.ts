import { setTimeout as wait } from 'node:timers/promises';
import { PartnerError } from '@countersign/contract';
import { WriteConflict } from '../storage.js';
import { isConflict, isStatementLost } from './postgres-fault.js';

/** How often work is begun before its caller is told to come again later. */
const TRIES = 8;
/** Longest pause before the second try, in milliseconds; it doubles with each. */
const FIRST_PAUSE_MS = 4;

/**
 * Does work again from its start when it met a conflict with other transactions, after which nothing of it is stored. An
 * error that leaves open whether it was stored is never followed by another try.
 *
 * @throws PartnerError `unavailable` when it met one each time; any other error of the work
 */
export async function retryConflicts<T>(work: () => Promise<T>): Promise<T> {
  let conflict: unknown;
  for (let pauseMs = FIRST_PAUSE_MS, tries = 0; tries < TRIES; tries++, pauseMs *= 2) {
    try {
      return await work();
    } catch (error) {
      if (!canBegin(error)) throw error;
      conflict = error;
    }
    // By chance, so that those who met do not meet again.
    await wait(Math.random() * pauseMs);
  }
  throw new PartnerError('unavailable', undefined, { cause: conflict });
}

function canBegin(error: unknown): boolean {
  return error instanceof WriteConflict || isConflict(error) || isStatementLost(error);
}
