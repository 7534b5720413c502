import { sql } from 'kysely';
import { statement } from '../../storage/statement.js';
import type { Reader } from '../../storage/storage.js';
import { type StoredUuid, uuidText } from '../../storage/uuid-text.js';
import { listOf } from './match-store.js';

/** A pair as it was found, in its place among a team's pairs, the strongest first. */
export interface StoredPair {
  /** What its score lacks to 1, in hundredths. */
  readonly doubt: number;
  readonly uuid: string;
  readonly otherUuid: string;
}

const pairsBehind = statement<{ teamId: number; limit: number } & StoredPair>()(({ db, param }) =>
  db
    .selectFrom('customer_pairs')
    .select(['doubt', 'uuid', 'other_uuid'])
    .where('team_id', '=', param('teamId'))
    .where(sql<boolean>`uuid < other_uuid`)
    .where(
      sql<boolean>`(doubt, uuid, other_uuid) > (${param('doubt')}, ${param.uuid('uuid')}, ${param.uuid('otherUuid')})`,
    )
    .orderBy('doubt')
    .orderBy('uuid')
    .orderBy('other_uuid')
    .limit(param('limit')),
);

const pairsOf = statement<{ teamId: number; list: string }>()(({ db, param, dialect }) =>
  db
    .selectFrom('customer_pairs')
    .select(['doubt', 'uuid', 'other_uuid'])
    .where('team_id', '=', param('teamId'))
    .where('uuid', 'in', ({ selectFrom }) =>
      selectFrom(dialect.eachRow<{ value: StoredUuid }>(param('list'), { value: 'uuid' }).as('asked')).select('value'),
    ),
);

/** Pairs of one team, each with its smaller UUID first. */
export interface PairReader {
  /** The strongest pairs behind one. */
  list(after: StoredPair, limit: number): Promise<StoredPair[]>;
  /** All pairs of these customers. */
  listOf(uuids: readonly string[]): Promise<StoredPair[]>;
}

/** Reads the pairs of one team. */
export function pairReader(reader: Reader, teamId: number): PairReader {
  return {
    list: async (after, limit) => (await reader.all(pairsBehind, { teamId, limit, ...after })).map(pairFrom),
    listOf: async (uuids) => (await reader.all(pairsOf, { teamId, list: listOf(uuids) })).map(pairFrom),
  };
}

function pairFrom(row: { doubt: number; uuid: StoredUuid; other_uuid: StoredUuid }): StoredPair {
  const [uuid = '', otherUuid = ''] = [uuidText(row.uuid), uuidText(row.other_uuid)].sort();
  return { doubt: row.doubt, uuid, otherUuid };
}

/** Where one pair stands to another: below 0 before it. */
export function comparePairs(one: StoredPair, other: StoredPair): number {
  return one.doubt - other.doubt || compareTexts(one.uuid, other.uuid) || compareTexts(one.otherUuid, other.otherUuid);
}

function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
