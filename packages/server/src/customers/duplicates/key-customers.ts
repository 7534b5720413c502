import type { Storage } from '../../storage/storage.js';
import type { ComparedCustomer } from './compared-customer.js';
import { findCandidates } from './find-candidates.js';
import { type FoundPair, storeKeyed } from './keyed-store.js';
import { findMatchProgress, listFresh, listSettled } from './match-progress-store.js';
import { matchReader } from './match-store.js';
import { PAIR_SCORE } from './rules/duplicate-rules.js';

/** Customers that get their keys in one step. */
const STEP_CUSTOMERS = 50;
/** Customers without keys that a request looks at one by one, the newest. */
const MOST_FRESH = 2_000;
/** How long a request goes on giving keys before it looks, in milliseconds. */
const CATCH_UP_MS = 100;

/** What keys are given with. */
export type KeyingStorage = Pick<Storage, 'all' | 'first' | 'write' | 'settledUntil'>;

/**
 * Gives keys to the first customers of a team that changed since the last step, and looks for those that may be the same.
 * Gives whether there may be more. Processes that do so at once do no harm: one of them goes on.
 */
export async function keyCustomers(storage: KeyingStorage, teamId: number): Promise<boolean> {
  const from = await findMatchProgress(storage, teamId);
  const until = await storage.settledUntil();
  const { live, gone, to } = await listSettled(storage, { teamId, since: from, until, limit: STEP_CUSTOMERS });
  if (to === undefined) return false;
  await storage.write(storeKeyed, {
    teamId,
    from,
    to,
    uuids: [...live.map(({ uuid }) => uuid), ...gone],
    keys: live.flatMap(({ uuid, keys }) => keys.map(({ hash }) => ({ uuid, key: hash }))),
    pairs: await findPairs(storage, { teamId, live }),
  });
  return live.length + gone.length === STEP_CUSTOMERS;
}

// A word of a name alone makes no pair.
async function findPairs(
  storage: KeyingStorage,
  { teamId, live }: { readonly teamId: number; readonly live: readonly ComparedCustomer[] },
): Promise<FoundPair[]> {
  const reader = matchReader(storage, teamId);
  const probes = live.map(({ uuid, traits, keys }) => ({
    uuid,
    traits,
    keys: keys.filter(({ kind }) => kind !== 'word'),
  }));
  const candidates = await findCandidates(probes, { reader, fresh: live, lowest: PAIR_SCORE });
  const declared = await reader.findDeclared(live.map(({ uuid }) => uuid));
  const pairs = new Map<string, FoundPair>();
  for (const [index, { uuid }] of live.entries()) {
    for (const { found, score } of candidates[index] ?? []) {
      if (declared.get(uuid)?.has(found.uuid) === true) continue;
      pairs.set([uuid, found.uuid].sort().join(), { uuid, otherUuid: found.uuid, score });
    }
  }
  return [...pairs.values()];
}

/**
 * The live customers of a team that have no keys yet, the newest 2,000 at most: where more wait, some get theirs first.
 *
 * @throws PartnerError `unavailable` when the storage does not answer
 */
export async function findFresh(storage: KeyingStorage, teamId: number): Promise<ComparedCustomer[]> {
  const since = await findMatchProgress(storage, teamId);
  const fresh = await listFresh(storage, { teamId, since, limit: MOST_FRESH + 1 });
  if (fresh.length <= MOST_FRESH) return fresh;
  await catchUp(storage, teamId);
  return listFresh(storage, { teamId, since: await findMatchProgress(storage, teamId), limit: MOST_FRESH });
}

/** Gives keys for a moment, or until all have theirs. */
export async function catchUp(storage: KeyingStorage, teamId: number): Promise<void> {
  const end = performance.now() + CATCH_UP_MS;
  while ((await keyCustomers(storage, teamId)) && performance.now() < end);
}
