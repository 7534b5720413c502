import type { ListOrder, ListPage, ListRequest, ListRow } from '../storage.js';
import { CUSTOMER_KEYS_PER_TEAM } from './sqlite-dialect.js';

/** Executes SQL text on a reader. */
export type RunQuery = <R>(text: string, parameters: readonly unknown[]) => Promise<R[]>;

/** Candidates up to this number are fetched and sorted; beyond it, walking the order's index is cheaper. */
const SORTED_CANDIDATES = 5_000;
/** Trigrams that a search of one or two characters may stand for before it counts as matching nearly everything. */
const SHORT_SEARCH_TERMS = 500;
/** Fewest characters of a trigram. */
const TRIGRAM_LENGTH = 3;

interface OrderColumn {
  readonly column: string;
  readonly index: string;
}

const ORDERS: Record<ListOrder, OrderColumn> = {
  name: { column: 'name_key', index: 'customers_by_name' },
  email: { column: 'email_key', index: 'customers_by_email' },
  created: { column: 'created_at', index: 'customers_by_created' },
  updated: { column: 'updated_at', index: 'customers_by_updated' },
};

/** A piece of SQL with its positional parameters. */
interface Fragment {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

interface FoundRow {
  readonly body: string;
  readonly uuid: Uint8Array;
  readonly value: string | number;
  readonly total?: number;
}

/** How the records of a list are found, and how many there are, as far as that is known before reading them. */
interface Plan {
  /** A query of the keys to sort, or undefined to walk the order's index. */
  readonly candidates: Fragment | undefined;
  readonly total: number | undefined;
}

/**
 * One page of a team's customers. Few candidates are looked up and sorted; many are met soon enough by walking the
 * index of the order. The total is exact either way.
 */
export async function listCustomers(query: RunQuery, request: ListRequest): Promise<ListPage> {
  const plan = await planOf(query, request);
  return plan.candidates === undefined
    ? walkOrder(query, request, plan.total)
    : sortCandidates(query, request, plan.candidates);
}

async function planOf(query: RunQuery, request: ListRequest): Promise<Plan> {
  if (request.search !== undefined) return planSearch(query, request, request.search);
  if (request.createdSince === undefined && request.updatedSince === undefined) {
    return { candidates: undefined, total: await countTeam(query, request) };
  }
  return planSince(query, request);
}

async function countTeam(query: RunQuery, { teamId, status }: ListRequest): Promise<number> {
  const rows = await query<{ total: number }>(
    `select coalesce(sum(live), 0) as total from customer_counts where team_id = ?${status === undefined ? '' : ' and status = ?'}`,
    status === undefined ? [teamId] : [teamId, status],
  );
  return rows[0]?.total ?? 0;
}

async function planSince(query: RunQuery, request: ListRequest): Promise<Plan> {
  const [column, since] =
    request.updatedSince === undefined
      ? (['created', request.createdSince] as const)
      : (['updated', request.updatedSince] as const);
  const order = ORDERS[column];
  const candidates: Fragment = {
    text: `select id from customers indexed by ${order.index} where team_id = ? and deleted_at is null and ${order.column} >= ?`,
    parameters: [request.teamId, since],
  };
  return (await countUpTo(query, candidates)) > SORTED_CANDIDATES
    ? { candidates: undefined, total: undefined }
    : { candidates, total: undefined };
}

async function planSearch(query: RunQuery, request: ListRequest, search: string): Promise<Plan> {
  const match = await matchExpression(query, search);
  if (match === undefined) return { candidates: undefined, total: undefined };
  const range = teamKeys(request.teamId);
  const indexed: Fragment = {
    text: 'select rowid as id from search.customer_search where customer_search match ? and rowid between ? and ?',
    parameters: [match, ...range],
  };
  if ((await countUpTo(query, indexed)) > SORTED_CANDIDATES) {
    return { candidates: undefined, total: await countBroadSearch(query, request, indexed) };
  }
  return {
    candidates: {
      text: `select id from (${indexed.text}) where id not in (select customer_id from search_pending)
        union all select customer_id from search_pending where customer_id between ? and ?`,
      parameters: [...indexed.parameters, ...range],
    },
    total: undefined,
  };
}

// Fewer than three characters make no trigram: they are looked up as the beginning of trigrams instead.
async function matchExpression(query: RunQuery, search: string): Promise<string | undefined> {
  if ([...search].length >= TRIGRAM_LENGTH) return quoted(search);
  const terms = await query<{ term: string }>(
    'select term from search.customer_search_terms where term >= ? and term < ? limit ?',
    [search, `${search}\u{10ffff}`, SHORT_SEARCH_TERMS + 1],
  );
  if (terms.length > SHORT_SEARCH_TERMS) return undefined;
  return terms.length === 0 ? quoted(`${search}\u{1f}\u{1f}`) : terms.map(({ term }) => quoted(term)).join(' OR ');
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function teamKeys(teamId: number): [first: number, last: number] {
  return [teamId * CUSTOMER_KEYS_PER_TEAM, (teamId + 1) * CUSTOMER_KEYS_PER_TEAM - 1];
}

async function countUpTo(query: RunQuery, candidates: Fragment): Promise<number> {
  const rows = await query<{ total: number }>(
    `select count(*) as total from (${candidates.text} limit ${SORTED_CANDIDATES + 1})`,
    candidates.parameters,
  );
  return rows[0]?.total ?? 0;
}

// The index counts what it knows, but for customers that wait for it anew; those are counted as they are.
async function countBroadSearch(query: RunQuery, request: ListRequest, indexed: Fragment): Promise<number | undefined> {
  if (request.search === undefined || filtersOf(request, 'c').parameters.length > 0) return undefined;
  const range = teamKeys(request.teamId);
  const rows = await query<{ total: number }>(
    `select (select count(*) from (${indexed.text}) where id not in (select customer_id from search_pending))
      + (select count(*) from search_pending p join customers c on c.id = p.customer_id
         where p.customer_id between ? and ? and c.deleted_at is null and ${contains('c.name_key', 'c.email_key', 'c.phone_key')}) as total`,
    [...indexed.parameters, ...range, ...thrice(request.search)],
  );
  return rows[0]?.total;
}

function contains(...columns: string[]): string {
  return `(${columns.map((column) => `instr(${column}, ?) > 0`).join(' or ')})`;
}

function thrice(search: string): string[] {
  return [search, search, search];
}

function filtersOf({ status, createdSince, updatedSince }: ListRequest, table: string): Fragment {
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

/** The conditions that every listed record meets, but for its place behind the cursor. */
function conditionsOf(request: ListRequest): Fragment {
  const filters = filtersOf(request, 'c');
  const search = request.search;
  return {
    text: `c.team_id = ? and c.deleted_at is null${filters.text}${
      search === undefined ? '' : ` and ${contains('c.name_key', 'c.email_key', 'c.phone_key')}`
    }`,
    parameters: [request.teamId, ...filters.parameters, ...(search === undefined ? [] : thrice(search))],
  };
}

function behind({ after, descending }: ListRequest, value: string, uuid: string): Fragment {
  if (after === undefined) return { text: '1', parameters: [] };
  return {
    text: `(${value}, ${uuid}) ${descending ? '<' : '>'} (?, ?)`,
    parameters: [after.value, Buffer.from(after.uuid.replaceAll('-', ''), 'hex')],
  };
}

async function walkOrder(query: RunQuery, request: ListRequest, knownTotal: number | undefined): Promise<ListPage> {
  const { column, index } = ORDERS[request.order];
  const direction = request.descending ? 'desc' : 'asc';
  const conditions = conditionsOf(request);
  const start = behind(request, `c.${column}`, 'c.uuid');
  const rows = await query<FoundRow>(
    `select c.body, f.uuid, f.value from (
       select c.id, c.uuid, c.${column} as value from customers c indexed by ${index}
       where ${conditions.text} and ${start.text}
       order by c.${column} ${direction}, c.uuid ${direction} limit ? offset ?
     ) f join customers c on c.id = f.id order by f.value ${direction}, f.uuid ${direction}`,
    [...conditions.parameters, ...start.parameters, request.limit + 1, request.offset],
  );
  return { rows: rows.map(listRow), total: knownTotal ?? (await countMatching(query, request)) };
}

async function countMatching(query: RunQuery, request: ListRequest): Promise<number> {
  const conditions = conditionsOf(request);
  const rows = await query<{ total: number }>(
    `select count(*) as total from customers c where ${conditions.text}`,
    conditions.parameters,
  );
  return rows[0]?.total ?? 0;
}

async function sortCandidates(query: RunQuery, request: ListRequest, candidates: Fragment): Promise<ListPage> {
  const { column } = ORDERS[request.order];
  const direction = request.descending ? 'desc' : 'asc';
  const conditions = conditionsOf(request);
  const start = behind(request, 'value', 'uuid');
  const found = `select c.id, c.uuid, c.${column} as value, count(*) over () as total
    from (${candidates.text}) k cross join customers c on c.id = k.id where ${conditions.text}`;
  const rows = await query<FoundRow>(
    `select c.body, f.uuid, f.value, f.total from (
       select * from (${found}) where ${start.text}
       order by value ${direction}, uuid ${direction} limit ? offset ?
     ) f join customers c on c.id = f.id order by f.value ${direction}, f.uuid ${direction}`,
    [...candidates.parameters, ...conditions.parameters, ...start.parameters, request.limit + 1, request.offset],
  );
  return { rows: rows.map(listRow), total: rows[0]?.total ?? (await countCandidates(query, request, candidates)) };
}

async function countCandidates(query: RunQuery, request: ListRequest, candidates: Fragment): Promise<number> {
  const conditions = conditionsOf(request);
  const rows = await query<{ total: number }>(
    `select count(*) as total from (${candidates.text}) k cross join customers c on c.id = k.id where ${conditions.text}`,
    [...candidates.parameters, ...conditions.parameters],
  );
  return rows[0]?.total ?? 0;
}

function listRow({ body, uuid, value }: FoundRow): ListRow {
  return { body, position: { value, uuid: Buffer.from(uuid).toString('hex') } };
}
