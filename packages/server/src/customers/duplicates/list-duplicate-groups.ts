import { CUSTOMER_LIMITS, type DuplicateCandidate, type DuplicateGroup } from '@countersign/contract';
import { successAnswer } from '../../partner-api/write/answer.js';
import { readVerb } from '../../partner-api/write/read-verb.js';
import type { Storage } from '../../storage/storage.js';
import { QueryReader } from '../../validation/query-reader.js';
import type { RawQuery } from '../../validation/raw-query.js';
import { isUuid } from '../../validation/uuid.js';
import { candidateAnswer } from './candidate-answer.js';
import type { ComparedCustomer } from './compared-customer.js';
import { catchUp } from './key-customers.js';
import { type MatchReader, matchReader } from './match-store.js';
import { followPairs, type PairGraph } from './pair-graph.js';
import { comparePairs, pairReader, type StoredPair } from './pair-store.js';
import { PAIR_SCORE } from './rules/duplicate-rules.js';
import { type Score, scoreOf } from './rules/score-of.js';

/** Groups on a page that says nothing of it. */
const DEFAULT_PAGE_SIZE = 20;
/** Pairs that are looked at together. */
const PAIRS_AT_ONCE = 50;
/** Pairs that are looked at for one page, and customers that they lead to: where many pairs are no more, it has few groups. */
const MOST_PAIRS = 1_000;
const MOST_CUSTOMERS = 1_000;

const BEFORE_ALL: StoredPair = {
  doubt: -1,
  uuid: '00000000-0000-0000-0000-000000000000',
  otherUuid: '00000000-0000-0000-0000-000000000000',
};

interface GroupsQuery {
  readonly limit: number;
  readonly after: StoredPair;
}

/**
 * Groups of a team's customers that may be one, strongest first, `GET /partners/customers/duplicates`, contract §7.2. They are
 * those of pairs that were found before; each pair is compared anew as the two are now.
 */
export const listDuplicateGroups = readVerb({
  scopes: ['customers:read'],
  read: ({ caller, query }) => ({ teamId: caller.team.id, query: parseGroupsQuery(query) }),
  answer: async ({ storage }, { teamId, query }) => {
    await catchUp(storage, teamId);
    const { groups, next } = await readGroups(storage, { teamId, ...query });
    const nextCursor = next === undefined ? null : formatCursor(next);
    const pagination = { limit: query.limit, hasMore: nextCursor !== null, nextCursor };
    return successAnswer(200, {
      message: 'Duplicates retrieved successfully',
      json: JSON.stringify({ groups, pagination }),
    });
  },
});

interface GroupsPage {
  readonly groups: readonly DuplicateGroup[];
  /** Where the next page goes on; undefined at the end. */
  readonly next: StoredPair | undefined;
}

async function readGroups(
  storage: Storage,
  { teamId, limit, after }: GroupsQuery & { readonly teamId: number },
): Promise<GroupsPage> {
  const reader = pairReader(storage, teamId);
  const groups: DuplicateGroup[] = [];
  let last = after;
  let followed = 0;
  for (let seen = 0; seen < MOST_PAIRS && followed < MOST_CUSTOMERS; seen += PAIRS_AT_ONCE) {
    const pairs = await reader.list(last, PAIRS_AT_ONCE);
    if (pairs.length === 0) return { groups, next: undefined };
    const graph = await followPairs(reader, pairs);
    followed += graph.uuids.length;
    const toGroup = await groupMaker(matchReader(storage, teamId), graph);
    for (const pair of pairs) {
      if (groups.length >= limit) return { groups, next: last };
      const group = toGroup(pair);
      if (group !== undefined) groups.push(group);
      last = pair;
    }
    if (pairs.length < PAIRS_AT_ONCE) return { groups, next: undefined };
  }
  return { groups, next: last };
}

// A group is told at its strongest pair. What has changed since the pairs were found may have ended it, or split it: then the
// strongest part is told, and the others once they have their pairs.
async function groupMaker(
  reader: MatchReader,
  graph: PairGraph,
): Promise<(pair: StoredPair) => DuplicateGroup | undefined> {
  const [live, declared] = await Promise.all([reader.findByUuids(graph.uuids), reader.findDeclared(graph.uuids)]);
  const customers = new Map(live.map((customer) => [customer.uuid, customer]));
  const compare = ({ uuid, otherUuid }: StoredPair): ScoredPair[] => {
    const [one, other] = [customers.get(uuid), customers.get(otherUuid)];
    if (one === undefined || other === undefined || declared.get(uuid)?.has(otherUuid) === true) return [];
    const found = scoreOf({ one: one.traits, other: other.traits });
    return found.score < PAIR_SCORE ? [] : [{ ...found, ends: [one, other] }];
  };
  return (pair) => {
    const group = graph.groupOf(pair);
    const [strongest = pair] = group;
    return comparePairs(strongest, pair) < 0 ? undefined : strongestGroup(group.flatMap(compare));
  };
}

interface ScoredPair extends Score {
  readonly ends: readonly [ComparedCustomer, ComparedCustomer];
}

function strongestGroup(pairs: readonly ScoredPair[]): DuplicateGroup | undefined {
  const groups: Map<string, DuplicateCandidate>[] = [];
  for (const pair of [...pairs].sort((one, other) => other.score - one.score)) {
    const met = groups.filter((group) => pair.ends.some(({ uuid }) => group.has(uuid)));
    const [first = new Map<string, DuplicateCandidate>(), ...others] = met;
    if (met.length === 0) groups.push(first);
    for (const other of others) {
      for (const [uuid, candidate] of other) first.set(uuid, candidate);
      groups.splice(groups.indexOf(other), 1);
    }
    // The first pair of a customer is its strongest.
    for (const end of pair.ends) if (!first.has(end.uuid)) first.set(end.uuid, candidateAnswer(end, pair));
  }
  const [strongest] = groups;
  if (strongest === undefined) return undefined;
  const customers = [...strongest.values()].sort((one, other) => other.score - one.score);
  return { score: customers[0]?.score ?? 0, customers };
}

function parseGroupsQuery(query: RawQuery): GroupsQuery {
  const reader = new QueryReader(query);
  const limit = reader.integer('limit', CUSTOMER_LIMITS.pageSize) ?? DEFAULT_PAGE_SIZE;
  const text = reader.text('cursor', 255);
  const after = text === undefined ? BEFORE_ALL : parseCursor(text);
  if (after === undefined) reader.refuse('cursor', 'invalid_value', 'cursor must be the nextCursor of a page.');
  reader.finish();
  return { limit, after: after ?? BEFORE_ALL };
}

function formatCursor({ doubt, uuid, otherUuid }: StoredPair): string {
  return Buffer.from(`${doubt}.${uuid}.${otherUuid}`).toString('base64url');
}

function parseCursor(text: string): StoredPair | undefined {
  const [doubt = '', uuid, otherUuid, ...others] = Buffer.from(text, 'base64url').toString('latin1').split('.');
  if (others.length > 0 || !/^\d{1,3}$/.test(doubt) || !isUuid(uuid) || !isUuid(otherUuid)) return undefined;
  return { doubt: Number(doubt), uuid, otherUuid };
}
