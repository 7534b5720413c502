import type { SqliteConnection } from './connection.js';

/** Customers indexed in one step; a step holds the writer for a few milliseconds. */
const STEP_ROWS = 256;
/** Marks the end of a text twice, so that every character of it begins a trigram and short searches find it. */
const END_MARK = 'char(31, 31)';
/** The last pending customer of a step. */
const STEP_END = `(select max(customer_id) from (select customer_id from search_pending order by customer_id limit ${STEP_ROWS}))`;

const FORGET_OLD_TEXT = `insert into customer_search (customer_search, rowid, name, email, phone)
  select 'delete', customer_id, name || ${END_MARK}, email || ${END_MARK}, phone || ${END_MARK}
  from search_pending where is_indexed = 1 and customer_id <= ${STEP_END} order by customer_id`;

const INDEX_NEW_TEXT = `insert into customer_search (rowid, name, email, phone)
  select c.id, c.name_key || ${END_MARK}, c.email_key || ${END_MARK}, c.phone_key || ${END_MARK}
  from search_pending p join customers c on c.id = p.customer_id
  where p.customer_id <= ${STEP_END} and c.deleted_at is null order by c.id`;

const FORGET_PENDING = `delete from search_pending where customer_id <= ${STEP_END}`;

/**
 * Moves the oldest pending customers into the trigram index, in one transaction.
 *
 * A write only notes the customer in `search_pending` (a trigger does), which a search reads beside the index: what was
 * written is found at once, and the index is paid for in batches, at a third of the price.
 *
 * @returns whether more are pending
 */
export function indexPendingCustomers(connection: SqliteConnection): boolean {
  connection.runText('begin immediate');
  try {
    connection.runText(FORGET_OLD_TEXT);
    connection.runText(INDEX_NEW_TEXT);
    const moved = connection.runText(FORGET_PENDING);
    connection.runText('commit');
    return moved === STEP_ROWS;
  } catch (error) {
    if (connection.isInTransaction) connection.runText('rollback');
    throw error;
  }
}

/** Number of customers that wait for the index. */
export function countPendingCustomers(connection: SqliteConnection): number {
  const rows = connection.allText<{ pending: number }>('select count(*) as pending from search_pending', []);
  return rows[0]?.pending ?? 0;
}
