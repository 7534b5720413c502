import { DUPLICATE_LIMITS } from '@countersign/contract';
import { comparePairs, type PairReader, type StoredPair } from './pair-store.js';

/** How far from a pair its group is followed. */
const MOST_STEPS = 6;
/** Customers from which on no more are met. */
const MOST_CUSTOMERS = 200;

/** Pairs with what hangs together with them. */
export interface PairGraph {
  /** All customers that were met. */
  readonly uuids: readonly string[];
  /** The customers that hang together with a pair by the strongest pairs, 20 at most, and their pairs, strongest first. */
  groupOf(pair: StoredPair): readonly StoredPair[];
}

/** Follows pairs to what hangs together with them, all at once. */
export async function followPairs(reader: PairReader, pairs: readonly StoredPair[]): Promise<PairGraph> {
  const byCustomer = new Map<string, StoredPair[]>();
  let next = endsOf(pairs);
  for (let step = 0; step < MOST_STEPS && next.length > 0 && byCustomer.size < MOST_CUSTOMERS; step++) {
    for (const uuid of next) byCustomer.set(uuid, []);
    const found = await reader.listOf(next);
    const asked = new Set(next);
    for (const pair of found) {
      for (const uuid of endsOf([pair])) if (asked.has(uuid)) byCustomer.get(uuid)?.push(pair);
    }
    next = endsOf(found)
      .filter((uuid) => !byCustomer.has(uuid))
      .slice(0, MOST_CUSTOMERS);
  }
  const pairsOf = (uuid: string) => uniquePairs(byCustomer.get(uuid) ?? []);
  return { uuids: [...byCustomer.keys()], groupOf: (pair) => groupAround(pair, pairsOf) };
}

function groupAround(pair: StoredPair, pairsOf: (uuid: string) => StoredPair[]): StoredPair[] {
  const members = new Set([pair.uuid, pair.otherUuid]);
  for (;;) {
    const leading = [...members].flatMap(pairsOf).filter((found) => isLeadingOut(found, members));
    const [strongest] = leading.sort(comparePairs);
    if (strongest === undefined || members.size >= DUPLICATE_LIMITS.groupMembers) break;
    for (const uuid of endsOf([strongest])) members.add(uuid);
  }
  const inside = [...members].flatMap(pairsOf).filter((found) => !isLeadingOut(found, members));
  return uniquePairs([pair, ...inside]).sort(comparePairs);
}

function isLeadingOut({ uuid, otherUuid }: StoredPair, members: ReadonlySet<string>): boolean {
  return !members.has(uuid) || !members.has(otherUuid);
}

function endsOf(pairs: readonly StoredPair[]): string[] {
  return [...new Set(pairs.flatMap(({ uuid, otherUuid }) => [uuid, otherUuid]))];
}

function uniquePairs(pairs: readonly StoredPair[]): StoredPair[] {
  return [...new Map(pairs.map((pair) => [`${pair.uuid}${pair.otherUuid}`, pair])).values()];
}
