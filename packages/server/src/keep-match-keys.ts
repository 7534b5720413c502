import { setTimeout as wait } from 'node:timers/promises';
import { type KeyingStorage, keyCustomers } from './customers/duplicates/key-customers.js';
import { listTeamIds } from './identity/team-store.js';

/** Pause between two looks at all teams, in milliseconds, at least; and how many times longer than a look it is. */
const LOOK_EVERY_MS = 5_000;
const LOOK_SHARE = 5;
/** How many times longer than a step everybody else has, while nothing waits and while writes do. */
const QUIET_SHARE = 1;
const BUSY_SHARE = 30;

/** What keys are kept with. */
export interface KeepingParts {
  readonly storage: KeyingStorage;
  /** Whether requests wait for their writes. */
  readonly isBusy: () => boolean;
}

/**
 * Gives customers that changed the keys by which those like them are found, in small steps beside the requests, until it is
 * stopped. Nobody's write waits for that: a request looks at what has no keys yet by itself.
 */
export function startKeepingMatchKeys(parts: KeepingParts): { stop(): void } {
  const stopping = new AbortController();
  const { signal } = stopping;
  void (async () => {
    while (!signal.aborted) {
      const startedAt = performance.now();
      // A storage that is away now is tried again later; requests tell of it meanwhile.
      await keyAllTeams(parts, signal).catch(() => undefined);
      await pause(Math.max(LOOK_EVERY_MS, (performance.now() - startedAt) * LOOK_SHARE), signal);
    }
  })();
  return { stop: () => stopping.abort() };
}

async function keyAllTeams({ storage, isBusy }: KeepingParts, signal: AbortSignal): Promise<void> {
  let after = 0;
  for (;;) {
    const teams = await listTeamIds(storage, after);
    for (const teamId of teams) {
      let hasMore = true;
      while (hasMore && !signal.aborted) {
        const startedAt = performance.now();
        hasMore = await keyCustomers(storage, teamId);
        await pause((performance.now() - startedAt) * (isBusy() ? BUSY_SHARE : QUIET_SHARE), signal);
      }
    }
    const last = teams.at(-1);
    if (last === undefined || signal.aborted) return;
    after = last;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { ref: false, signal }).catch(() => undefined);
}
