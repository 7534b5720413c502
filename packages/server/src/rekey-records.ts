import { setTimeout as wait } from 'node:timers/promises';
import { findStaleCustomers, rekeyCustomers } from './customers/rekey-store.js';
import { hasStaleUser, rekeyUsers } from './identity/rekey-users-store.js';
import type { Storage } from './storage/storage.js';

/** How often customers that an earlier version wrote are looked for, in milliseconds. */
const LOOK_EVERY_MS = 30_000;

/**
 * Gives the few records their key whose email this version takes for another's, before anything is answered: from then on
 * one mailbox is one customer.
 *
 * @throws the storage's error
 */
export async function rekeyEmails(storage: Pick<Storage, 'all' | 'first' | 'write'>): Promise<void> {
  if (await hasStaleUser(storage)) await storage.write(rekeyUsers, undefined);
  while (await rekeyStep(storage, 'emails'));
}

/** Giving keys to what an earlier version wrote, until it is stopped. */
export interface Rekeying {
  stop(): void;
}

/**
 * Gives all customers their keys that an earlier version wrote or, while an update goes on, still writes: in small steps
 * beside the requests, which find them meanwhile as that version did.
 */
export function startRekeying(storage: Storage): Rekeying {
  const stopping = new AbortController();
  let usesOlderIndexes = true;
  const look = async () => {
    await rekeyInSteps(storage, stopping.signal);
    if (usesOlderIndexes) await storage.dropOlderIndexes();
    usesOlderIndexes = false;
  };
  void (async () => {
    while (!stopping.signal.aborted) {
      // A storage that is away now is tried again later; requests tell of it meanwhile.
      await look().catch(() => undefined);
      await pause(LOOK_EVERY_MS, stopping.signal);
    }
  })();
  return { stop: () => stopping.abort() };
}

async function rekeyInSteps(storage: Storage, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const startedAt = performance.now();
    if (!(await rekeyStep(storage, 'all'))) return;
    // Half of the time is everybody else's.
    await pause(performance.now() - startedAt, signal);
  }
}

// Gives whether there may be more. A transaction for each team, since their rows may lie on different nodes.
async function rekeyStep(storage: Pick<Storage, 'all' | 'first' | 'write'>, only: 'all' | 'emails'): Promise<boolean> {
  const teams = await findStaleCustomers(storage, only);
  for (const customers of teams) await storage.write(rekeyCustomers, customers);
  return teams.length > 0;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { ref: false, signal }).catch(() => undefined);
}
