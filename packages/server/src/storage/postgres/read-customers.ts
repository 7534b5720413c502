import type { SnapshotSelection } from '../customer-snapshot.js';
import { listedStates, listRow, type ReadRecord, type RecordState } from '../customers/listed-records.js';
import { HAS_OLDER_KEYS, olderTerms } from '../customers/older-terms.js';
import type { SearchTerms } from '../customers/search-text.js';
import { COUNTED_MATCHES, type CustomerSelection, type ListOrder, type ListPage, type ListRow } from '../storage.js';

/** Executes SQL text with positional parameters, planned for these very values. */
export type RunQuery = <R>(text: string, values: unknown[]) => Promise<R[]>;

const COLUMNS: Record<ListOrder, string> = {
  name: 'name_key',
  email: 'email_key',
  created: 'created_at',
  updated: 'updated_at',
};

/** What searches look through, exactly as the index customers_by_search has it. */
const SEARCHED_TEXT = '(search_text || chr(31) || phone_key)';
/** The same for rows whose keys are of an earlier version, as the index customers_by_text has it for as long as there are some. */
const OLDER_TEXT = '(name_key || chr(31) || email_key || chr(31) || phone_key)';

interface FoundRow extends ReadRecord {
  readonly uuid: string;
  readonly value: string | number;
}

/** One page of a team's customers, with how many there are in all. */
export async function readCustomers(query: RunQuery, request: CustomerSelection): Promise<ListPage> {
  const [rows, { total, hasOlder }] = await Promise.all([findPage(query, request), countTotal(query, request)]);
  return hasOlder === true ? listWithOlder(query, request) : { rows, total };
}

// Rows that an earlier version wrote, and that have no new keys yet, are few or there for a short time: a search asks for
// them once it has learnt of them.
async function listWithOlder(query: RunQuery, request: CustomerSelection): Promise<ListPage> {
  const withOlder = { ...request, findsOlder: true };
  const [rows, { total }] = await Promise.all([findPage(query, withOlder), countTotal(query, withOlder)]);
  return { rows, total };
}

interface MatchRequest extends SnapshotSelection {
  /** Whether rows whose keys are of an earlier version are searched as well. */
  readonly findsOlder?: boolean;
}

type FindRequest = CustomerSelection & MatchRequest;

/** The condition of all live customers that are selected, and its values. */
export function liveMatches(selection: SnapshotSelection): { readonly text: string; readonly values: unknown[] } {
  return conditionsOf({ ...selection, findsOlder: true }, { state: 'live', values: [] });
}

/** SQL that grows with its parameters. */
class Conditions {
  readonly values: unknown[];
  text = '';

  /** @param values of the SQL that it will be a part of, which it adds its own to */
  constructor(values: unknown[] = []) {
    this.values = values;
  }

  /** The placeholder of a value. */
  value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  and(condition: string): void {
    this.text += this.text === '' ? condition : ` and ${condition}`;
  }
}

// The keys of the page come from the order's index alone where they can; only the page's own bodies are read.
async function findPage(query: RunQuery, request: FindRequest): Promise<ListRow[]> {
  const direction = request.descending ? 'desc' : 'asc';
  const values: unknown[] = [request.teamId];
  const keys = orderedKeys(values, request);
  const rows = await query<FoundRow>(
    `select ${readColumns(request)}, f.uuid, f.value from (${keys}) f
     join customers c on c.team_id = $1 and c.uuid = f.uuid order by f.value ${direction}, f.uuid ${direction}`,
    values,
  );
  return rows.map((row) => listRow(row, { value: row.value, uuid: row.uuid.replaceAll('-', '') }));
}

// Where deleted records are listed, the keys of two indexes are merged.
function orderedKeys(values: unknown[], request: FindRequest): string {
  const column = COLUMNS[request.order];
  const direction = request.descending ? 'desc' : 'asc';
  const { after, limit, offset, includeDeleted } = request;
  const keysOf = (state: RecordState, [most, skipped]: readonly [number, number]) => {
    const conditions = conditionsOf(request, { state, values });
    if (after !== undefined) {
      const place = `(${conditions.value(after.value)}, ${conditions.value(after.uuid)}::uuid)`;
      conditions.and(`(${column}, uuid) ${request.descending ? '<' : '>'} ${place}`);
    }
    return `select uuid, ${column} as value from customers where ${conditions.text}
       order by ${column} ${direction}, uuid ${direction}
       limit ${conditions.value(most)} offset ${conditions.value(skipped)}`;
  };
  if (includeDeleted !== true) return keysOf('live', [limit + 1, offset]);
  const both = listedStates(request).map((state) => `(${keysOf(state, [offset + limit + 1, 0])})`);
  const range = new Conditions(values);
  return `select uuid, value from (${both.join(' union all ')}) both_states
    order by value ${direction}, uuid ${direction} limit ${range.value(limit + 1)} offset ${range.value(offset)}`;
}

// The contents of deleted records are not read: nobody is told of them.
function readColumns({ includeDeleted }: CustomerSelection): string {
  if (includeDeleted !== true) return 'c.body';
  return `case when c.deleted_at is null then c.body end as body, c.deleted_at as "deletedAt", c.updated_at as "updatedAt",
    c.merged_into as "mergedInto"`;
}

interface ConditionParts {
  readonly state: RecordState;
  readonly values: unknown[];
}

// One that is deleted has no status to be found by, since whoever had it listed before must hear that it is gone.
function conditionsOf(request: MatchRequest, { state, values }: ConditionParts): Conditions {
  const { teamId, status, createdSince, updatedSince, search, findsOlder } = request;
  const conditions = new Conditions(values);
  conditions.and(`team_id = ${conditions.value(teamId)} and deleted_at is ${state === 'live' ? 'null' : 'not null'}`);
  if (status !== undefined && state === 'live') conditions.and(`status = ${conditions.value(status)}`);
  if (createdSince !== undefined) conditions.and(`created_at >= ${conditions.value(createdSince)}`);
  if (updatedSince !== undefined) conditions.and(`updated_at >= ${conditions.value(updatedSince)}`);
  if (search === undefined) return conditions;
  const found = matches(conditions, search);
  conditions.and(findsOlder === true ? `(${found} or ${matchesOlder(conditions, search)})` : found);
  return conditions;
}

// The patterns find candidates by the index; the columns decide, so that no match reaches from one field into the next.
function matches(conditions: Conditions, { text, digits }: SearchTerms): string {
  const candidates = [...new Set([text, digits ?? text])].map((part) => like(SEARCHED_TEXT, conditions, part));
  const columns = [
    `strpos(search_text, ${conditions.value(text)}) > 0`,
    ...(digits === undefined ? [] : [`strpos(phone_key, ${conditions.value(digits)}) > 0`]),
  ];
  return `(${candidates.join(' or ')}) and (${columns.join(' or ')})`;
}

function matchesOlder(conditions: Conditions, search: SearchTerms): string {
  const { text, email } = olderTerms(search);
  const candidates = [...new Set([text, email])].map((part) => like(OLDER_TEXT, conditions, part));
  const own = conditions.value(text);
  return `${HAS_OLDER_KEYS} and (${candidates.join(' or ')}) and (strpos(name_key, ${own}) > 0
    or strpos(email_key, ${conditions.value(email)}) > 0 or strpos(phone_key, ${own}) > 0)`;
}

function like(column: string, conditions: Conditions, text: string): string {
  return `${column} like ${conditions.value(`%${escapePattern(text)}%`)}`;
}

function escapePattern(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

interface Total {
  readonly total: number;
  /** Of a search, whether the team has rows whose keys are of an earlier version. */
  readonly hasOlder?: boolean;
}

async function countTotal(query: RunQuery, request: FindRequest): Promise<Total> {
  const values: unknown[] = [];
  const counts = listedStates(request).map((state) => `(${countOf(request, { state, values })})`);
  const older = request.search === undefined ? '' : `, ${hasOlder(new Conditions(values), request)} as "hasOlder"`;
  const [row] = await query<Total>(`select ${counts.join(' + ')} as total${older}`, values);
  return row ?? { total: 0 };
}

// Sorted as only the index of such rows is: the server thinks that nearly all rows are such ones, and would read them. In
// an "exists" it would not look at the order.
function hasOlder(conditions: Conditions, { teamId }: CustomerSelection): string {
  return `(select uuid from customers where team_id = ${conditions.value(teamId)} and ${HAS_OLDER_KEYS}
    order by keyed_version limit 1) is not null`;
}

// A query of how many records of a state there are: of live ones without a filter but status, that is kept.
function countOf(request: FindRequest, parts: ConditionParts): string {
  const { teamId, status, createdSince, updatedSince, search } = request;
  const isKept = createdSince === undefined && updatedSince === undefined && search === undefined;
  if (parts.state === 'deleted' || !isKept) {
    const end = search === undefined ? '' : ` limit ${COUNTED_MATCHES + 1}`;
    return `select count(*) from (select from customers where ${conditionsOf(request, parts).text}${end}) matches`;
  }
  const conditions = new Conditions(parts.values);
  conditions.and(`team_id = ${conditions.value(teamId)}`);
  if (status !== undefined) conditions.and(`status = ${conditions.value(status)}`);
  return `select coalesce(sum(live), 0)::bigint from customer_counts where ${conditions.text}`;
}
