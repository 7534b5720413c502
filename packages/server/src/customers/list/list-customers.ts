import type { DeletedCustomer, Pagination } from '@countersign/contract';
import { successAnswer } from '../../partner-api/write/answer.js';
import { readVerb } from '../../partner-api/write/read-verb.js';
import {
  COUNTED_MATCHES,
  type CustomerSelection,
  type DeletedRecord,
  type ListPage,
  type ListRow,
} from '../../storage/storage.js';
import { withoutUndefined } from '../../without-undefined.js';
import { formatListCursor } from './list-cursor.js';
import { selectionOfFilters } from './list-filters.js';
import { type ListQuery, parseListQuery } from './list-query.js';
import { updatedUntilOf } from './updated-until.js';

/** One page of a team's customers, `GET /partners/customers`, contract §3.2. */
export const listCustomers = readVerb({
  scopes: ['customers:read'],
  read: ({ caller, query }) => ({ teamId: caller.team.id, query: parseListQuery(query) }),
  answer: async ({ storage }, { teamId, query }) => {
    // Before the page is read: what changes between the two comes again, and is not missed.
    const updatedUntil = await updatedUntilOf(storage, query);
    const page = await storage.listCustomers(selectionOf(teamId, query));
    const records = page.rows.slice(0, query.limit).map(recordJson);
    const pagination = JSON.stringify(paginationOf(page, query, updatedUntil));
    return successAnswer(200, {
      message: 'Customers retrieved successfully',
      json: `{"customers":[${records.join(',')}],"pagination":${pagination}}`,
    });
  },
});

function selectionOf(teamId: number, query: ListQuery): CustomerSelection {
  const { includeDeleted, after, limit, page, order, descending } = query;
  return withoutUndefined({
    ...selectionOfFilters(teamId, query),
    order,
    descending,
    limit,
    offset: after === undefined ? (page - 1) * limit : 0,
    includeDeleted,
    after,
  });
}

function recordJson({ record }: ListRow): string {
  return typeof record === 'string' ? record : JSON.stringify(deletedCustomer(record));
}

function deletedCustomer({ uuid, deletedAt, updatedAt, mergedInto }: DeletedRecord): DeletedCustomer {
  return {
    uuid,
    id: uuid,
    deleted: true,
    deletedAt: new Date(deletedAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    mergedInto,
  };
}

function paginationOf({ rows, total: counted }: ListPage, query: ListQuery, updatedUntil: number): Pagination {
  const { page, limit, order, descending, includeDeleted, search } = query;
  const totalIsExact = search === undefined || counted <= COUNTED_MATCHES;
  const total = totalIsExact ? counted : COUNTED_MATCHES;
  const hasMore = rows.length > limit;
  const last = rows[limit - 1];
  return {
    page,
    limit,
    total,
    totalIsExact,
    totalPages: Math.ceil(total / limit),
    hasMore,
    nextCursor:
      hasMore && last !== undefined
        ? formatListCursor({
            order,
            descending,
            includeDeleted,
            page: page + 1,
            updatedUntil,
            position: last.position,
          })
        : null,
    updatedUntil: new Date(updatedUntil).toISOString(),
  };
}
