import { listRow, type ReadRecord, type RecordState } from '../../customers/listed-records.js';
import type { CustomerSelection, ListPage, ListPosition, ListRow } from '../../storage.js';
import { conditionsOf, type Fragment, IS_STATE, ORDERS, ofEachState, type RunQuery } from './list-conditions.js';
import { areAllHits, countOf, type ListPlan, planList, type QuickSearch, SETTLED } from './list-plan.js';

/** Entries of an order's index that are walked in search of a page; where they hold none, the matches lie elsewhere. */
const WALKED_ENTRIES = 10_000;

interface Place {
  readonly uuid: Uint8Array;
  readonly value: string | number;
}

interface FoundRow extends ReadRecord, Place {
  readonly total?: number;
}

/**
 * One page of a team's customers. Few candidates are looked up and sorted. Many are met soon enough by walking the index
 * of the order, unless all of them stand far behind in it; then they are sorted after all. The total is the same either way.
 */
export async function readCustomers(query: RunQuery, request: CustomerSelection): Promise<ListPage> {
  const plan = await planList(query, request);
  if (!('hits' in plan)) return findPage(query, request, plan);
  return (await findQuickly(query, request, plan)) ?? findPage(query, request, await plan.planMany());
}

async function findPage(query: RunQuery, request: CustomerSelection, plan: ListPlan): Promise<ListPage> {
  const { candidates, areMany, total } = plan;
  if (candidates === undefined) return walkOrder(query, request, { total });
  if (areMany) {
    const end = await findWalkEnd(query, request);
    const page = await walkOrder(query, request, { total, end });
    if (end === undefined || page.rows.length > request.limit) return page;
  }
  return sortCandidates(query, request, { candidates, total });
}

function behind({ after, descending }: CustomerSelection, value: string, uuid: string): Fragment {
  if (after === undefined) return { text: '1', parameters: [] };
  return {
    text: `(${value}, ${uuid}) ${descending ? '<' : '>'} (?, ?)`,
    parameters: [after.value, Buffer.from(after.uuid.replaceAll('-', ''), 'hex')],
  };
}

interface Walk {
  readonly total: number | undefined;
  /** The last place to look at; undefined for the end of the order. */
  readonly end?: ListPosition | undefined;
}

async function walkOrder(query: RunQuery, request: CustomerSelection, { total, end }: Walk): Promise<ListPage> {
  const direction = request.descending ? 'desc' : 'asc';
  const stop = notBehind(end, request.descending, `c.${ORDERS[request.order].column}`);
  const keys = orderedKeys(request, {
    limit: request.limit + 1,
    offset: request.offset,
    conditionsOf: (state) => {
      const conditions = conditionsOf(request, state);
      return {
        text: `${conditions.text} and ${stop.text}`,
        parameters: [...conditions.parameters, ...stop.parameters],
      };
    },
  });
  const rows = await query<FoundRow>(
    `select ${readColumns(request)}, f.uuid, f.value from (${keys.text}) f join customers c on c.id = f.id
     order by f.value ${direction}, f.uuid ${direction}`,
    keys.parameters,
  );
  return { rows: rows.map(rowOf), total: total ?? (await countMatching(query, request)) };
}

interface KeyRange {
  readonly limit: number;
  readonly offset: number;
  /** What the records of a state must meet beside standing behind the cursor. */
  conditionsOf(state: RecordState): Fragment;
}

// A query of `id`, `uuid` and `value`, read from the order's index; where deleted records are listed, from two that are merged.
function orderedKeys(request: CustomerSelection, { limit, offset, conditionsOf }: KeyRange): Fragment {
  const { column, index } = ORDERS[request.order];
  const direction = request.descending ? 'desc' : 'asc';
  const start = behind(request, `c.${column}`, 'c.uuid');
  const keysOf = (state: RecordState, range: string, bounds: readonly number[]): Fragment => {
    const conditions = conditionsOf(state);
    return {
      text: `select c.id, c.uuid, c.${column} as value from customers c indexed by ${index[state]}
        where ${conditions.text} and ${start.text} order by c.${column} ${direction}, c.uuid ${direction} ${range}`,
      parameters: [...conditions.parameters, ...start.parameters, ...bounds],
    };
  };
  if (request.includeDeleted !== true) return keysOf('live', 'limit ? offset ?', [limit, offset]);
  const both = ofEachState(request, (state) => {
    const keys = keysOf(state, 'limit ?', [limit + offset]);
    return { ...keys, text: `select * from (${keys.text})` };
  });
  return {
    text: `select * from (${both.text}) order by value ${direction}, uuid ${direction} limit ? offset ?`,
    parameters: [...both.parameters, limit, offset],
  };
}

// The contents of deleted records are not read: nobody is told of them.
function readColumns({ includeDeleted }: CustomerSelection): string {
  if (includeDeleted !== true) return 'c.body';
  return `iif(c.deleted_at is null, c.body, null) as body, c.deleted_at as deletedAt, c.updated_at as updatedAt,
    c.merged_into as mergedInto`;
}

/** Where a walk has gone through enough entries; undefined when the order ends before. */
async function findWalkEnd(query: RunQuery, request: CustomerSelection): Promise<ListPosition | undefined> {
  const keys = orderedKeys(request, {
    limit: 1,
    offset: WALKED_ENTRIES,
    conditionsOf: (state) => ({ text: `c.team_id = ? and c.${IS_STATE[state]}`, parameters: [request.teamId] }),
  });
  const rows = await query<Place>(keys.text, keys.parameters);
  return rows[0] === undefined ? undefined : positionOf(rows[0]);
}

function notBehind(end: ListPosition | undefined, descending: boolean, value: string): Fragment {
  return end === undefined
    ? { text: '1', parameters: [] }
    : { text: `${value} ${descending ? '>=' : '<='} ?`, parameters: [end.value] };
}

async function countMatching(query: RunQuery, request: CustomerSelection): Promise<number> {
  const counts = ofEachState(request, (state) => countOf(request, state));
  const rows = await query<{ total: number }>(`select sum(total) as total from (${counts.text})`, counts.parameters);
  return rows[0]?.total ?? 0;
}

// One query where most searches would need two: the phrase is looked up once, to count and to fetch.
async function findQuickly(
  query: RunQuery,
  request: CustomerSelection,
  { hits, waiting }: QuickSearch,
): Promise<ListPage | undefined> {
  const direction = request.descending ? 'desc' : 'asc';
  const start = behind(request, 'value', 'uuid');
  const rows = await query<FoundRow & { readonly hits: number }>(
    `with hits as materialized (${hits.text}), found as (
       select id, uuid, value from hits where id ${SETTLED}
       union all ${waiting.text}
     )
     select c.body, f.uuid, f.value, f.total, f.hits from (
       select *, (select count(*) from hits) as hits
       from (select id, uuid, value, count(*) over () as total from found) where ${start.text}
       order by value ${direction}, uuid ${direction} limit ? offset ?
     ) f join customers c on c.id = f.id order by f.value ${direction}, f.uuid ${direction}`,
    [...hits.parameters, ...waiting.parameters, ...start.parameters, request.limit + 1, request.offset],
  );
  const [first] = rows;
  if (first === undefined || !areAllHits(first.hits)) return undefined;
  return { rows: rows.map(rowOf), total: first.total ?? rows.length };
}

interface Candidates {
  readonly candidates: Fragment;
  readonly total: number | undefined;
}

async function sortCandidates(
  query: RunQuery,
  request: CustomerSelection,
  { candidates, total }: Candidates,
): Promise<ListPage> {
  const direction = request.descending ? 'desc' : 'asc';
  const start = behind(request, 'value', 'uuid');
  const rows = await query<FoundRow>(
    `select ${readColumns(request)}, f.uuid, f.value, f.total from (
       select * from (select id, uuid, value, count(*) over () as total from (${candidates.text})) where ${start.text}
       order by value ${direction}, uuid ${direction} limit ? offset ?
     ) f join customers c on c.id = f.id order by f.value ${direction}, f.uuid ${direction}`,
    [...candidates.parameters, ...start.parameters, request.limit + 1, request.offset],
  );
  return { rows: rows.map(rowOf), total: total ?? rows[0]?.total ?? (await countAll(query, candidates)) };
}

async function countAll(query: RunQuery, candidates: Fragment): Promise<number> {
  const rows = await query<{ total: number }>(
    `select count(*) as total from (${candidates.text})`,
    candidates.parameters,
  );
  return rows[0]?.total ?? 0;
}

function rowOf(row: FoundRow): ListRow {
  return listRow(row, positionOf(row));
}

function positionOf({ uuid, value }: Place): ListPosition {
  return { value, uuid: Buffer.from(uuid).toString('hex') };
}
