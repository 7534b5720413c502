import { listedStates, listRow, type ReadRecord, type RecordState } from '../listed-records.js';
import type { ListOrder, ListPage, ListRequest, ListRow } from '../storage.js';

/** Executes SQL text with positional parameters, planned for these very values. */
export type RunQuery = <R>(text: string, values: unknown[]) => Promise<R[]>;

const COLUMNS: Record<ListOrder, string> = {
  name: 'name_key',
  email: 'email_key',
  created: 'created_at',
  updated: 'updated_at',
};

/** What searches look through, exactly as the index customers_by_text has it. */
const SEARCHED_TEXT = '(name_key || chr(31) || email_key || chr(31) || phone_key)';

interface FoundRow extends ReadRecord {
  readonly uuid: string;
  readonly value: string | number;
}

/** One page of a team's customers, with how many there are in all. */
export async function listCustomers(query: RunQuery, request: ListRequest): Promise<ListPage> {
  const [rows, total] = await Promise.all([findPage(query, request), countTotal(query, request)]);
  return { rows, total };
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
async function findPage(query: RunQuery, request: ListRequest): Promise<ListRow[]> {
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
function orderedKeys(values: unknown[], request: ListRequest): string {
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
function readColumns({ includeDeleted }: ListRequest): string {
  if (includeDeleted !== true) return 'c.body';
  return `case when c.deleted_at is null then c.body end as body, c.deleted_at as "deletedAt", c.updated_at as "updatedAt"`;
}

interface ConditionParts {
  readonly state: RecordState;
  readonly values: unknown[];
}

// One that is deleted has no status to be found by, since whoever had it listed before must hear that it is gone.
function conditionsOf(request: ListRequest, { state, values }: ConditionParts): Conditions {
  const { teamId, status, createdSince, updatedSince, search } = request;
  const conditions = new Conditions(values);
  conditions.and(`team_id = ${conditions.value(teamId)} and deleted_at is ${state === 'live' ? 'null' : 'not null'}`);
  if (status !== undefined && state === 'live') conditions.and(`status = ${conditions.value(status)}`);
  if (createdSince !== undefined) conditions.and(`created_at >= ${conditions.value(createdSince)}`);
  if (updatedSince !== undefined) conditions.and(`updated_at >= ${conditions.value(updatedSince)}`);
  if (search !== undefined) conditions.and(matches(conditions, search));
  return conditions;
}

// The pattern finds candidates by the index; the columns decide, so that no match reaches from one into the next. The key
// of an email is composed (NFC), and other texts are as they were written.
function matches(conditions: Conditions, search: string): string {
  const composed = search.normalize('NFC');
  const like = (text: string) => `${SEARCHED_TEXT} like ${conditions.value(`%${escapePattern(text)}%`)}`;
  const candidates = composed === search ? like(search) : `(${like(search)} or ${like(composed)})`;
  const [own, email] = [conditions.value(search), conditions.value(composed)];
  return `${candidates} and (strpos(name_key, ${own}) > 0 or strpos(email_key, ${email}) > 0 or strpos(phone_key, ${own}) > 0)`;
}

function escapePattern(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

async function countTotal(query: RunQuery, request: ListRequest): Promise<number> {
  const values: unknown[] = [];
  const counts = listedStates(request).map((state) => `(${countOf(request, { state, values })})`);
  const rows = await query<{ total: number }>(`select ${counts.join(' + ')} as total`, values);
  return rows[0]?.total ?? 0;
}

// A query of how many records of a state there are: of live ones without a filter but status, that is kept.
function countOf(request: ListRequest, parts: ConditionParts): string {
  const { teamId, status, createdSince, updatedSince, search } = request;
  const isKept = createdSince === undefined && updatedSince === undefined && search === undefined;
  if (parts.state === 'deleted' || !isKept) {
    return `select count(*) from customers where ${conditionsOf(request, parts).text}`;
  }
  const conditions = new Conditions(parts.values);
  conditions.and(`team_id = ${conditions.value(teamId)}`);
  if (status !== undefined) conditions.and(`status = ${conditions.value(status)}`);
  return `select coalesce(sum(live), 0)::bigint from customer_counts where ${conditions.text}`;
}
