import { type Answer, successAnswer } from '../http/answer.js';
import { foldCase } from '../storage/fold-case.js';
import type { ListPage, ListRequest, Storage } from '../storage/storage.js';
import { formatListCursor } from './list-cursor.js';
import type { ListQuery } from './list-query.js';

/** One page of a team's customers, `GET /partners/customers`, contract §3.2. */
export async function listCustomers(storage: Storage, teamId: number, query: ListQuery): Promise<Answer> {
  const page = await storage.listCustomers(listRequest(teamId, query));
  const bodies = page.rows.slice(0, query.limit).map(({ body }) => body);
  return successAnswer(200, {
    message: 'Customers retrieved successfully',
    json: `{"customers":[${bodies.join(',')}],"pagination":${JSON.stringify(paginationOf(page, query))}}`,
  });
}

function listRequest(teamId: number, query: ListQuery): ListRequest {
  const { search, status, createdSince, updatedSince, after, limit, page, order, descending } = query;
  return {
    teamId,
    order,
    descending,
    limit,
    offset: after === undefined ? (page - 1) * limit : 0,
    ...(search === undefined ? {} : { search: foldCase(search) }),
    ...(status === undefined ? {} : { status }),
    ...(createdSince === undefined ? {} : { createdSince }),
    ...(updatedSince === undefined ? {} : { updatedSince }),
    ...(after === undefined ? {} : { after }),
  };
}

function paginationOf({ rows, total }: ListPage, { page, limit, order, descending }: ListQuery): object {
  const hasMore = rows.length > limit;
  const last = rows[limit - 1];
  return {
    page,
    limit,
    total,
    totalPages: Math.ceil(total / limit),
    hasMore,
    nextCursor:
      hasMore && last !== undefined
        ? formatListCursor({ order, descending, page: page + 1, position: last.position })
        : null,
  };
}
