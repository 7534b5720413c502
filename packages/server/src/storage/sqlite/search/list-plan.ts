import type { RecordState } from '../../customers/listed-records.js';
import { HAS_OLDER_KEYS } from '../../customers/older-terms.js';
import type { SearchTerms } from '../../customers/search-text.js';
import { COUNTED_MATCHES, type CustomerSelection, type ListOrder } from '../../storage.js';
import {
  conditionsOf,
  type Fragment,
  filtersOf,
  IS_STATE,
  matches,
  ORDERS,
  ofEachState,
  olderKeys,
  type RunQuery,
  teamKeys,
} from './list-conditions.js';

/** Candidates up to this number are fetched and sorted; beyond it, walking the order's index is cheaper. */
const SORTED_CANDIDATES = 5_000;
/** Trigrams that a search of one or two characters may stand for before it counts as matching nearly everything. */
const SHORT_SEARCH_TERMS = 500;
/** Fewest characters of a trigram. */
const TRIGRAM_LENGTH = 3;

/** How the records of a list are found, and how many there are, as far as that is known before reading them. */
export interface ListPlan {
  /** A query of `id`, `uuid` and `value` of the records to sort; undefined where only walking the order finds them. */
  readonly candidates: Fragment | undefined;
  /** Whether there are so many that walking the order meets a page of them sooner. */
  readonly areMany: boolean;
  readonly total: number | undefined;
}

/** A search whose first matches are sorted at once, in the hope that there are no more of them. */
export interface QuickSearch {
  /** A query of `id`, `uuid` and `value` of what the index has, one more than are sorted at most. */
  readonly hits: Fragment;
  /** The same of customers that wait for the index. */
  readonly waiting: Fragment;
  /** What to do when there are more. */
  planMany(): Promise<ListPlan>;
}

/** What the search index knows that a list is sorted by; the searched text begins with the name. */
const INDEXED_VALUES: Partial<Record<ListOrder, string>> = {
  name: 'substr(text, 1, instr(text, char(31)) - 1)',
  email: 'email',
  created: 'created_at',
};

/** Decides how a list is found. */
export async function planList(query: RunQuery, request: CustomerSelection): Promise<ListPlan | QuickSearch> {
  if (request.search !== undefined) return planSearch(query, request, request.search);
  if (request.createdSince === undefined && request.updatedSince === undefined) {
    return { candidates: undefined, areMany: true, total: await countTeam(query, request) };
  }
  return planSince(query, request);
}

async function countTeam(query: RunQuery, request: CustomerSelection): Promise<number> {
  const { teamId, status } = request;
  const live: Fragment = {
    text: `select coalesce(sum(live), 0) as total from customer_counts where team_id = ?${status === undefined ? '' : ' and status = ?'}`,
    parameters: status === undefined ? [teamId] : [teamId, status],
  };
  const counts = ofEachState(request, (state) => (state === 'live' ? live : countOf(request, state)));
  const rows = await query<{ total: number }>(`select sum(total) as total from (${counts.text})`, counts.parameters);
  return rows[0]?.total ?? 0;
}

/** A query of how many records of a state meet all conditions, as `total`; of a search, as far as counting goes. */
export function countOf(request: CustomerSelection, state: RecordState): Fragment {
  const { text, parameters } = conditionsOf(request, state);
  const end = request.search === undefined ? '' : ` limit ${COUNTED_MATCHES + 1}`;
  return { text: `select count(*) as total from (select 1 from customers c where ${text}${end})`, parameters };
}

async function planSince(query: RunQuery, request: CustomerSelection): Promise<ListPlan> {
  const [column, since] =
    request.updatedSince === undefined
      ? (['created', request.createdSince] as const)
      : (['updated', request.updatedSince] as const);
  const order = ORDERS[column];
  const keysOf = (state: RecordState): Fragment => ({
    text: `select id from customers indexed by ${order.index[state]} where team_id = ? and ${IS_STATE[state]} and ${order.column} >= ?`,
    parameters: [request.teamId, since],
  });
  const areMany = (await countUpTo(query, ofEachState(request, keysOf))) > SORTED_CANDIDATES;
  const candidates = ofEachState(request, (state) => lookedUp(request, keysOf(state), state));
  return { candidates, areMany, total: undefined };
}

/** The records of some keys that meet all conditions, with what they are sorted by. */
function lookedUp(request: CustomerSelection, keys: Fragment, state: RecordState = 'live'): Fragment {
  const conditions = conditionsOf(request, state);
  return {
    text: `select c.id, c.uuid, c.${ORDERS[request.order].column} as value
      from (${keys.text}) k cross join customers c on c.id = k.id where ${conditions.text}`,
    parameters: [...keys.parameters, ...conditions.parameters],
  };
}

async function planSearch(
  query: RunQuery,
  request: CustomerSelection,
  search: SearchTerms,
): Promise<ListPlan | QuickSearch> {
  const match = await matchExpression(query, search);
  if (match === undefined) {
    return { candidates: undefined, areMany: true, total: await countShortSearch(query, request, search) };
  }
  const indexed: Fragment = {
    text: `from search.customer_search where customer_search match ${match.text} and rowid between ? and ?`,
    parameters: [...match.parameters, ...teamKeys(request.teamId)],
  };
  const planMany = () => planIndexed(query, request, indexed);
  const value = indexedValue(request);
  if (value === undefined) return planMany();
  return {
    hits: {
      text: `select rowid as id, uuid, ${value} as value ${indexed.text} limit ${SORTED_CANDIDATES + 1}`,
      parameters: indexed.parameters,
    },
    waiting: lookedUp(request, waitingKeys(request)),
    planMany,
  };
}

/** Whether a number of hits is all that there are, and not just as many as were asked for. */
export function areAllHits(count: number): boolean {
  return count <= SORTED_CANDIDATES;
}

async function planIndexed(query: RunQuery, request: CustomerSelection, indexed: Fragment): Promise<ListPlan> {
  const areMany = (await countUpTo(query, { ...indexed, text: `select rowid ${indexed.text}` })) > SORTED_CANDIDATES;
  const total = areMany ? await countIndexed(query, request, indexed) : undefined;
  return { candidates: foundByIndex(request, indexed), areMany, total };
}

// What a list is sorted by, where the index knows it and no filter asks for more.
function indexedValue(request: CustomerSelection): string | undefined {
  return filtersOf(request, 'c').parameters.length > 0 ? undefined : INDEXED_VALUES[request.order];
}

/** Leaves out, by their `id`, what the index has otherwise than it is now. */
export const SETTLED = `not in (select customer_id from search_pending)
  and id not in (select id from customers indexed by customers_to_key where ${HAS_OLDER_KEYS})`;

// Those that are not in the index as they are now.
function waitingKeys(request: CustomerSelection): Fragment {
  const older = olderKeys(request);
  return {
    text: `select customer_id as id from search_pending where customer_id between ? and ? union ${older.text}`,
    parameters: [...teamKeys(request.teamId), ...older.parameters],
  };
}

// The index tells name, email and time of creation itself; for all else its customers are looked up. Those that wait for
// it are read as they are now, and not as it knows them.
function foundByIndex(request: CustomerSelection, indexed: Fragment): Fragment {
  const waiting = waitingKeys(request);
  const value = indexedValue(request);
  if (value === undefined) {
    return lookedUp(request, {
      text: `select id from (select rowid as id ${indexed.text}) where id ${SETTLED} union all select id from (${waiting.text})`,
      parameters: [...indexed.parameters, ...waiting.parameters],
    });
  }
  const changed = lookedUp(request, waiting);
  return {
    text: `select id, uuid, value from (select rowid as id, uuid, ${value} as value ${indexed.text})
      where id ${SETTLED} union all ${changed.text}`,
    parameters: [...indexed.parameters, ...changed.parameters],
  };
}

// Fewer than three characters make no trigram: they are looked up as the beginning of trigrams instead.
async function matchExpression(query: RunQuery, { text, digits }: SearchTerms): Promise<Fragment | undefined> {
  if ([...text].length >= TRIGRAM_LENGTH) {
    const phrase = `text : ${quoted(text)}${digits === undefined ? '' : ` OR digits : ${quoted(digits)}`}`;
    return { text: '?', parameters: [phrase] };
  }
  const range = [text, `${text}\u{10ffff}`];
  const terms = await query<{ term: string }>(
    'select term from search.customer_search_terms where term >= ? and term < ? limit ?',
    [...range, SHORT_SEARCH_TERMS + 1],
  );
  if (terms.length > SHORT_SEARCH_TERMS) return undefined;
  // They are read once more with the records, since a customer may come into the index meanwhile with others.
  return { text: `(${ANY_TERM})`, parameters: [quoted(`${text}\u{1f}\u{1f}`), ...range] };
}

/** Any of the trigrams of a range, and one that makes it an expression where there are none. */
const ANY_TERM = `select 'text : (' || ? || coalesce(group_concat(' OR "' || replace(term, '"', '""') || '"', ''), '') || ')'
  from search.customer_search_terms where term >= ? and term < ?`;

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

async function countUpTo(query: RunQuery, keys: Fragment): Promise<number> {
  const rows = await query<{ total: number }>(
    `select count(*) as total from (${keys.text} limit ${SORTED_CANDIDATES + 1})`,
    keys.parameters,
  );
  return rows[0]?.total ?? 0;
}

// The index counts what it knows, as far as counts go, but for customers that it has not as they are now; those are counted as they are.
async function countIndexed(
  query: RunQuery,
  request: CustomerSelection,
  indexed: Fragment,
): Promise<number | undefined> {
  if (request.search === undefined || filtersOf(request, 'c').parameters.length > 0) return undefined;
  const waiting = waitingKeys(request);
  const found = matches(request.search);
  const rows = await query<{ total: number }>(
    `select count(*) as total from (
       select 1 from (select rowid as id ${indexed.text}) where id ${SETTLED}
       union all
       select 1 from (${waiting.text}) w cross join customers c on c.id = w.id where c.deleted_at is null and ${found.text}
       limit ${COUNTED_MATCHES + 1})`,
    [...indexed.parameters, ...waiting.parameters, ...found.parameters],
  );
  return rows[0]?.total;
}

// So short a text stands for too many trigrams: the index's own copy of the texts is searched through, which is small.
function countShortSearch(
  query: RunQuery,
  request: CustomerSelection,
  { text }: SearchTerms,
): Promise<number | undefined> {
  return countIndexed(query, request, {
    text: 'from (select id as rowid from search.customer_search_content where id between ? and ? and instr(c0, ?) > 0)',
    parameters: [...teamKeys(request.teamId), text],
  });
}
