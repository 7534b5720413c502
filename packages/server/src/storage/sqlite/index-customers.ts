import type { SqliteConnection } from './connection.js';

/** Customers indexed in one transaction. */
const BATCH_ROWS = 2_048;
/** Marks the end of a text twice, so that every character of it begins a trigram and short searches find it. */
const END_MARK = 'char(31, 31)';

// The cross joins keep the order: the few that wait first, each looked up by its key.
const NEXT_PENDING = `select p.customer_id as id, p.version, c.deleted_at is null as is_live
  from records.search_pending p cross join records.customers c on c.id = p.customer_id
  order by p.customer_id limit ${BATCH_ROWS}`;

const FORGET_DELETED = 'delete from customer_search where rowid = ?';

const INDEX_LIVE = `insert or replace into customer_search (rowid, name, email, phone)
  select c.id, c.name_key || ${END_MARK}, c.email_key || ${END_MARK}, c.phone_key || ${END_MARK}
  from records.search_pending p cross join records.customers c on c.id = p.customer_id
  where p.customer_id <= ? and c.deleted_at is null order by p.customer_id`;

interface WaitingCustomer {
  readonly id: number;
  readonly version: number;
  readonly is_live: number;
}

/** Customers that were indexed, each at its version then, and how many batches that makes. */
export interface IndexedBatch {
  /** Pairs of internal key and version. */
  readonly pairs: readonly (readonly [customerId: number, version: number])[];
  readonly generation: number;
  readonly hasMore: boolean;
}

/**
 * Brings the customers that have waited for it into the search index, in one transaction of the index's file, with the
 * database attached as `records`; undefined when none wait. Doing it twice does no harm.
 */
export function indexCustomers(connection: SqliteConnection): IndexedBatch | undefined {
  // Not immediate: that would take the write lock of the attached database too, and stop its writer.
  connection.runText('begin');
  try {
    const waiting = connection.allText<WaitingCustomer>(NEXT_PENDING, []);
    const last = waiting.at(-1);
    if (last === undefined) {
      connection.runText('rollback');
      return undefined;
    }
    for (const { id, is_live: isLive } of waiting) if (isLive === 0) connection.runText(FORGET_DELETED, [id]);
    connection.runText(INDEX_LIVE, [last.id]);
    const [state] = connection.allText<{ generation: number }>(
      'update search_state set generation = generation + 1 returning generation',
      [],
    );
    connection.runText('commit');
    return {
      pairs: waiting.map(({ id, version }) => [id, version] as const),
      generation: state?.generation ?? 0,
      hasMore: waiting.length === BATCH_ROWS,
    };
  } catch (error) {
    if (connection.isInTransaction) connection.runText('rollback');
    throw error;
  }
}

/** Takes indexed customers off the waiting list, but for those that have changed since, in the database's writer. */
export function forgetIndexed(connection: SqliteConnection, { pairs, generation }: IndexedBatch): void {
  connection.runText('begin immediate');
  try {
    connection.runText(
      `delete from search_pending where (customer_id, version) in (select value ->> 0, value ->> 1 from json_each(?))`,
      [JSON.stringify(pairs)],
    );
    connection.runText('update search_state set generation = ?', [generation]);
    connection.runText('commit');
  } catch (error) {
    if (connection.isInTransaction) connection.runText('rollback');
    throw error;
  }
}
