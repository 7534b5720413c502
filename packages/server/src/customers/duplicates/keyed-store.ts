import { sql } from 'kysely';
import { type StatementParts, statement } from '../../storage/statement.js';
import { command, type Transaction } from '../../storage/storage.js';
import { type StoredUuid, uuidText } from '../../storage/uuid-text.js';
import { type MatchProgress, NO_PROGRESS } from './match-progress-store.js';
import { listOf } from './match-store.js';

/** Two customers that may be the same. */
export interface FoundPair {
  readonly uuid: string;
  readonly otherUuid: string;
  /** 0 to 1. */
  readonly score: number;
}

/** The keys and pairs of customers of a team that changed, to be stored. */
export interface KeyedCustomers {
  readonly teamId: number;
  /** Where this step began: nothing is stored where another process has gone on from there. */
  readonly from: MatchProgress;
  readonly to: MatchProgress;
  /** All that changed, live or deleted. */
  readonly uuids: readonly string[];
  /** Of the live ones. */
  readonly keys: readonly { readonly uuid: string; readonly key: number }[];
  /** Of the live ones, each once. */
  readonly pairs: readonly FoundPair[];
}

interface Listed {
  readonly teamId: number;
  /** Rows of values, as JSON. */
  readonly list: string;
}

type Progress = { readonly teamId: number } & MatchProgress;

const beginProgress = statement<Progress>()(({ db, param }) =>
  db
    .insertInto('customer_match_progress')
    .values({ team_id: param('teamId'), changed_at: param('changedAt'), uuid: param.uuid('uuid') })
    .onConflict((conflict) => conflict.doNothing()),
);

const lockProgress = statement<Progress>()(({ db, param, dialect }) =>
  dialect.forUpdate(
    db
      .selectFrom('customer_match_progress')
      .select('changed_at')
      .where('team_id', '=', param('teamId'))
      .where('changed_at', '=', param('changedAt'))
      .where('uuid', '=', param.uuid('uuid')),
  ),
);

const moveProgress = statement<Progress>()(({ db, param }) =>
  db
    .updateTable('customer_match_progress')
    .set({ changed_at: param('changedAt'), uuid: param.uuid('uuid') })
    .where('team_id', '=', param('teamId')),
);

// Until the transaction ends nobody deletes or erases them. In the order in which all lock customers.
const keepLive = statement<Listed>()((parts) =>
  parts.dialect.forKeyShare(
    parts.db
      .selectFrom('customers')
      .select('uuid')
      .where('team_id', '=', parts.param('teamId'))
      .where('uuid', 'in', ({ selectFrom }) => selectFrom(listedUuids(parts)).select('listed.uuid'))
      .where('deleted_at', 'is', null)
      .orderBy('uuid'),
  ),
);

interface KeyRow {
  readonly uuid: StoredUuid;
  readonly key: number;
}

const listedKeys = ({ param, dialect }: StatementParts<Listed>) =>
  dialect.eachRow<KeyRow>(param('list'), { uuid: 'uuid', key: 'integer' }).as('listed');

const listedUuids = ({ param, dialect }: StatementParts<Listed>) =>
  dialect.eachRow<{ uuid: StoredUuid }>(param('list'), { uuid: 'uuid' }).as('listed');

const keysOf = statement<Listed>()((parts) =>
  parts.db
    .selectFrom('customer_match_keys')
    .select(['uuid', 'key'])
    .where('team_id', '=', parts.param('teamId'))
    .where('uuid', 'in', ({ selectFrom }) => selectFrom(listedUuids(parts)).select('listed.uuid')),
);

const deleteKeys = statement<Listed>()((parts) =>
  parts.db
    .deleteFrom('customer_match_keys')
    .where('team_id', '=', parts.param('teamId'))
    .where((row) =>
      row(
        row.refTuple('uuid', 'key'),
        'in',
        row.selectFrom(listedKeys(parts)).select(['listed.uuid', 'listed.key']).$asTuple('uuid', 'key'),
      ),
    ),
);

const insertKeys = statement<Listed>()((parts) =>
  parts.db
    .insertInto('customer_match_keys')
    .columns(['team_id', 'uuid', 'key'])
    .expression((row) =>
      row.selectFrom(listedKeys(parts)).select([teamOf(parts).as('team_id'), 'listed.uuid', 'listed.key']),
    ),
);

interface PairRow {
  readonly uuid: StoredUuid;
  readonly other: StoredUuid;
  readonly doubt: number;
}

const listedPairs = ({ param, dialect }: StatementParts<Listed>) =>
  dialect.eachRow<PairRow>(param('list'), { uuid: 'uuid', other: 'uuid', doubt: 'integer' }).as('listed');

const pairsOf = statement<Listed>()((parts) =>
  parts.db
    .selectFrom('customer_pairs')
    .select(['uuid', 'other_uuid'])
    .where('team_id', '=', parts.param('teamId'))
    .where('uuid', 'in', ({ selectFrom }) => selectFrom(listedUuids(parts)).select('listed.uuid')),
);

const deletePairs = statement<Listed>()((parts) =>
  parts.db
    .deleteFrom('customer_pairs')
    .where('team_id', '=', parts.param('teamId'))
    .where((row) =>
      row(
        row.refTuple('uuid', 'other_uuid'),
        'in',
        row.selectFrom(listedPairs(parts)).select(['listed.uuid', 'listed.other']).$asTuple('uuid', 'other'),
      ),
    ),
);

const insertPairs = statement<Listed>()((parts) =>
  parts.db
    .insertInto('customer_pairs')
    .columns(['team_id', 'uuid', 'other_uuid', 'doubt'])
    .expression((row) =>
      row
        .selectFrom(listedPairs(parts))
        .select([teamOf(parts).as('team_id'), 'listed.uuid', 'listed.other', 'listed.doubt']),
    ),
);

const declarePairs = statement<Listed & { now: number }>()((parts) =>
  parts.db
    .insertInto('customer_not_duplicates')
    .columns(['team_id', 'uuid', 'other_uuid', 'declared_at'])
    .expression((row) =>
      row
        .selectFrom(listedPairs(parts))
        .select([
          teamOf(parts).as('team_id'),
          'listed.uuid',
          'listed.other',
          sql<number>`cast(${parts.param('now')} as bigint)`.as('declared_at'),
        ])
        // Without a condition, SQLite would take what follows for that of a join.
        .where(sql<boolean>`true`),
    )
    .onConflict((conflict) => conflict.doNothing()),
);

function teamOf<P extends { readonly teamId: number }>({ param }: StatementParts<P>) {
  return sql<number>`cast(${param('teamId')} as bigint)`;
}

/**
 * Stores the keys and the pairs of customers that changed, and how far that has come. Gives false, with nothing stored, where
 * another process has done so meanwhile.
 */
export const storeKeyed = command<KeyedCustomers, boolean>({
  name: 'store-keyed-customers',
  locksRows: true,
  run: async (tx, { teamId, from, to, uuids, keys, pairs }) => {
    if (from.uuid === NO_PROGRESS.uuid) await tx.run(beginProgress, { teamId, ...NO_PROGRESS });
    if ((await tx.first(lockProgress, { teamId, ...from })) === undefined) return false;
    const live = await listLive(tx, { teamId, uuids, pairs });
    await storeKeys(tx, { teamId, uuids, keys: keys.filter(({ uuid }) => live.has(uuid)) });
    const former = await tx.all(pairsOf, { teamId, list: listOf(uuids) });
    await removePairs(tx, {
      teamId,
      pairs: former.map((pair) => ({ uuid: uuidText(pair.uuid), otherUuid: uuidText(pair.other_uuid), score: 0 })),
    });
    const livePairs = pairs.filter(({ uuid, otherUuid }) => live.has(uuid) && live.has(otherUuid));
    if (livePairs.length > 0) await tx.run(insertPairs, { teamId, list: pairList(livePairs) });
    await tx.run(moveProgress, { teamId, ...to });
    return true;
  },
});

// Which of them are live still: of what was erased since it was read nothing may be written back.
async function listLive(
  tx: Transaction,
  { teamId, uuids, pairs }: Pick<KeyedCustomers, 'teamId' | 'uuids' | 'pairs'>,
): Promise<ReadonlySet<string>> {
  const all = new Set([...uuids, ...pairs.map(({ otherUuid }) => otherUuid)]);
  const rows = await tx.all(keepLive, { teamId, list: listOf([...all]) });
  return new Set(rows.map(({ uuid }) => uuidText(uuid)));
}

// What stays the same is not written again.
async function storeKeys(
  tx: Transaction,
  { teamId, uuids, keys }: Pick<KeyedCustomers, 'teamId' | 'uuids' | 'keys'>,
): Promise<void> {
  const former = (await tx.all(keysOf, { teamId, list: listOf(uuids) })).map(({ uuid, key }) =>
    rowOf(uuidText(uuid), key),
  );
  const next = keys.map(({ uuid, key }) => rowOf(uuid, key));
  const removed = without(former, next);
  const added = without(next, former);
  if (removed.length > 0) await tx.run(deleteKeys, { teamId, list: `[${removed.join(',')}]` });
  if (added.length > 0) await tx.run(insertKeys, { teamId, list: `[${added.join(',')}]` });
}

function rowOf(uuid: string, key: number): string {
  return JSON.stringify([uuid, key]);
}

function without(rows: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return [...new Set(rows)].filter((row) => !known.has(row));
}

interface PairsOfTeam {
  readonly teamId: number;
  readonly pairs: readonly FoundPair[];
}

async function removePairs(tx: Transaction, { teamId, pairs }: PairsOfTeam): Promise<void> {
  if (pairs.length > 0) await tx.run(deletePairs, { teamId, list: pairList(pairs) });
}

/** Notes for good that customers of one team are not the same. */
export async function declareDifferent(tx: Transaction, { teamId, pairs }: PairsOfTeam): Promise<void> {
  await tx.run(declarePairs, { teamId, list: pairList(pairs), now: tx.now() });
  await removePairs(tx, { teamId, pairs });
}

// In both directions.
function pairList(pairs: readonly FoundPair[]): string {
  const rows = pairs.flatMap(({ uuid, otherUuid, score }) => {
    const doubt = Math.round((1 - score) * 100);
    return [
      [uuid, otherUuid, doubt],
      [otherUuid, uuid, doubt],
    ];
  });
  return JSON.stringify(rows);
}
