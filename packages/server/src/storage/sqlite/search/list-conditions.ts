import type { SnapshotSelection } from '../../customer-snapshot.js';
import { listedStates, type RecordState } from '../../customers/listed-records.js';
import { HAS_OLDER_KEYS, olderTerms } from '../../customers/older-terms.js';
import type { SearchTerms } from '../../customers/search-text.js';
import type { CustomerSelection, ListOrder } from '../../storage.js';
import { CUSTOMER_KEYS_PER_TEAM } from '../sqlite-dialect.js';

/** Executes SQL text on a reader. */
export type RunQuery = <R>(text: string, parameters: readonly unknown[]) => Promise<R[]>;

/** The column that an order sorts by, and the indexes that hold it in this order. */
export interface OrderColumn {
  readonly column: string;
  readonly index: Readonly<Record<RecordState, string>>;
}

/** The orders of a list. */
export const ORDERS: Record<ListOrder, OrderColumn> = {
  name: { column: 'name_key', index: { live: 'customers_by_name', deleted: 'customers_deleted_by_name' } },
  email: { column: 'email_key', index: { live: 'customers_by_email', deleted: 'customers_deleted_by_email' } },
  created: { column: 'created_at', index: { live: 'customers_by_created', deleted: 'customers_deleted_by_created' } },
  updated: { column: 'updated_at', index: { live: 'customers_by_updated', deleted: 'customers_deleted_by_updated' } },
};

/** The condition that a record is in a state. */
export const IS_STATE: Readonly<Record<RecordState, string>> = {
  live: 'deleted_at is null',
  deleted: 'deleted_at is not null',
};

/** A piece of SQL with its positional parameters. */
export interface Fragment {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** The first and the last internal key that a team's customers can have. */
export function teamKeys(teamId: number): [first: number, last: number] {
  return [teamId * CUSTOMER_KEYS_PER_TEAM, (teamId + 1) * CUSTOMER_KEYS_PER_TEAM - 1];
}

/** The customers of a team whose keys are of an earlier version: the search index does not know them. */
export function olderKeys({ teamId }: CustomerSelection): Fragment {
  return {
    text: `select id from customers indexed by customers_to_key
      where team_id = ? and ${HAS_OLDER_KEYS} and deleted_at is null`,
    parameters: [teamId],
  };
}

/** Whether the customer `c` is one that is searched for. */
export function matches(search: SearchTerms): Fragment {
  const { text, digits } = search;
  const older = olderTerms(search);
  const own = digits === undefined ? HAS_TEXT : `${HAS_TEXT} or instr(c.phone_key, ?) > 0`;
  return {
    text: `(${own} or coalesce(c.keyed_version, 0) <> c.version and
      (instr(c.name_key, ?) > 0 or instr(c.email_key, ?) > 0 or instr(c.phone_key, ?) > 0))`,
    parameters: [text, ...(digits === undefined ? [] : [digits]), older.text, older.email, older.text],
  };
}

const HAS_TEXT = 'instr(c.search_text, ?) > 0';

/** The conditions of the filters, without those of team and search. */
export function filtersOf({ status, createdSince, updatedSince }: SnapshotSelection, table: string): Fragment {
  const conditions: string[] = [];
  const parameters: unknown[] = [];
  const add = (condition: string, value: unknown) => {
    if (value === undefined) return;
    conditions.push(` and ${table}.${condition}`);
    parameters.push(value);
  };
  add('status = ?', status);
  add('created_at >= ?', createdSince);
  add('updated_at >= ?', updatedSince);
  return { text: conditions.join(''), parameters };
}

/** One query of the rows of several. */
function unionAll(queries: readonly Fragment[]): Fragment {
  return {
    text: queries.map(({ text }) => text).join(' union all '),
    parameters: queries.flatMap(({ parameters }) => parameters),
  };
}

/** A query for each state that is listed, as one. */
export function ofEachState(request: CustomerSelection, query: (state: RecordState) => Fragment): Fragment {
  return unionAll(listedStates(request).map(query));
}

/**
 * The conditions that every listed record meets, but for its place behind the cursor. One that is deleted has no status to
 * be found by, since whoever had it listed before must hear that it is gone.
 */
export function conditionsOf(request: SnapshotSelection, state: RecordState = 'live'): Fragment {
  const { status: _, ...withoutStatus } = request;
  const filters = filtersOf(state === 'live' ? request : withoutStatus, 'c');
  const found = request.search === undefined ? undefined : matches(request.search);
  return {
    text: `c.team_id = ? and c.${IS_STATE[state]}${filters.text}${found === undefined ? '' : ` and ${found.text}`}`,
    parameters: [request.teamId, ...filters.parameters, ...(found?.parameters ?? [])],
  };
}
