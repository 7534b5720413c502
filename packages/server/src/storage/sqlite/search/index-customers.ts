import type { SqliteConnection } from '../connection.js';

/** Customers indexed in one transaction. */
const BATCH_ROWS = 2_048;
/** Marks the end of a text twice, so that every character of it begins a trigram and short searches find it. No text has it. */
const END_MARK = '\u001f\u001f';

// The cross join keeps the order: the few that wait first, each looked up by its key. One whose keys are of an earlier
// version goes on waiting, and is found as such, until it has new ones.
const NEXT_PENDING = `select p.customer_id as id, p.version, c.deleted_at is null as is_live,
    c.search_text, c.phone_key, c.email_key, c.uuid, c.created_at
  from search_pending p cross join customers c on c.id = p.customer_id
  where c.keyed_version = c.version or c.deleted_at is not null
  order by p.customer_id limit ${BATCH_ROWS}`;

const FORGET = 'delete from customer_search where rowid = ?';
const INDEX =
  'insert or replace into customer_search (rowid, text, digits, email, uuid, created_at) values (?, ?, ?, ?, ?, ?)';

interface WaitingCustomer {
  readonly id: number;
  readonly version: number;
  readonly is_live: number;
  readonly search_text: string;
  readonly phone_key: string;
  readonly email_key: string;
  readonly uuid: Uint8Array;
  readonly created_at: number;
}

/** Customers that were indexed, each at its version then, and how many batches that makes. */
export interface IndexedBatch {
  /** Pairs of internal key and version. */
  readonly pairs: readonly (readonly [customerId: number, version: number])[];
  readonly generation: number;
  readonly hasMore: boolean;
}

/** The two files that indexing works on. */
export interface IndexFiles {
  /** The database, to read. */
  readonly records: SqliteConnection;
  /** The search index, to write. */
  readonly index: SqliteConnection;
}

/**
 * Brings the customers that have waited for it into the search index, in one transaction of the index's file; undefined
 * when none wait. Doing it twice does no harm. The database is read first and let go of, since a long look at it would
 * keep its log from starting anew.
 */
export function indexCustomers({ records, index }: IndexFiles): IndexedBatch | undefined {
  const waiting = records.allText<WaitingCustomer>(NEXT_PENDING, []);
  if (waiting.length === 0) return undefined;
  return inTransaction(index, () => {
    for (const customer of waiting) indexCustomer(index, customer);
    const pairs = waiting.map(({ id, version }) => [id, version] as const);
    const [state] = index.allText<{ generation: number }>(
      'update search_state set generation = generation + 1, last_batch = ? returning generation',
      [JSON.stringify(pairs)],
    );
    return {
      pairs,
      generation: state?.generation ?? 0,
      hasMore: waiting.length === BATCH_ROWS,
    };
  });
}

function indexCustomer(index: SqliteConnection, customer: WaitingCustomer): void {
  if (customer.is_live === 0) {
    index.runText(FORGET, [customer.id]);
    return;
  }
  index.runText(INDEX, [
    customer.id,
    customer.search_text + END_MARK,
    customer.phone_key,
    customer.email_key,
    customer.uuid,
    customer.created_at,
  ]);
}

/**
 * Leaves nothing in the index of what it had before, for which all of it is written anew: it keeps what is deleted until it
 * merges. Its own `secure-delete` is not used, since searches that go on beside it fail now and then.
 */
export function forgetFormerTexts(index: SqliteConnection): void {
  index.runText("insert into customer_search (customer_search) values ('optimize')", []);
}

/** Takes indexed customers off the waiting list, but for those that have changed since, in the database's writer. */
export function forgetIndexed(connection: SqliteConnection, { pairs, generation }: IndexedBatch): void {
  inTransaction(connection, () => {
    connection.runText(
      'delete from search_pending where (customer_id, version) in (select value ->> 0, value ->> 1 from json_each(?))',
      [JSON.stringify(pairs)],
    );
    connection.runText('update search_state set generation = ?', [generation]);
  });
}

function inTransaction<T>(connection: SqliteConnection, work: () => T): T {
  connection.runText('begin immediate');
  try {
    const result = work();
    connection.runText('commit');
    return result;
  } catch (error) {
    if (connection.isInTransaction) connection.runText('rollback');
    throw error;
  }
}
