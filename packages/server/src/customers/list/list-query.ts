import { CUSTOMER_LIMITS, CUSTOMER_ORDERS, type CustomerOrder } from '@countersign/contract';
import type { ListOrder, ListPosition } from '../../storage/storage.js';
import { QueryReader } from '../../validation/query-reader.js';
import type { RawQuery } from '../../validation/raw-query.js';
import { parseListCursor } from './list-cursor.js';
import { type ListFilters, readListFilters, readSearch } from './list-filters.js';

/** A checked query of a customer list, contract §3.2. */
export interface ListQuery extends ListFilters {
  readonly page: number;
  readonly limit: number;
  readonly order: ListOrder;
  readonly descending: boolean;
  readonly includeDeleted: boolean;
  readonly after: ListPosition | undefined;
  /** What the first page of the walk told as `updatedUntil`, in milliseconds since 1970; undefined on a first page. */
  readonly updatedUntil: number | undefined;
}

const ORDERS: Record<CustomerOrder, ListOrder> = {
  customer: 'name',
  email: 'email',
  createdAt: 'created',
  updatedAt: 'updated',
};

const DEFAULT_PAGE_SIZE = 20;

/**
 * Checks the query of a list. With a cursor, order and direction are the cursor's, and `page` goes on counting.
 *
 * @throws PartnerError `invalid_query` that lists every parameter at fault
 */
export function parseListQuery(query: RawQuery): ListQuery {
  const reader = new QueryReader(query);
  const search = readSearch(reader);
  const page = reader.integer('page', CUSTOMER_LIMITS.page);
  const limit = reader.integer('limit', CUSTOMER_LIMITS.pageSize) ?? DEFAULT_PAGE_SIZE;
  const orderBy = reader.choice('orderBy', CUSTOMER_ORDERS);
  const direction = reader.choiceInAnyCase('orderDirection', ['ASC', 'DESC'] as const);
  const filters = readListFilters(reader);
  const askedDeleted = reader.flag('includeDeleted');
  const cursorText = reader.text('cursor', 2000);
  const order = orderBy === undefined ? undefined : ORDERS[orderBy];
  const descending = direction === undefined ? undefined : direction === 'DESC';
  const cursor =
    cursorText === undefined
      ? undefined
      : parseListCursor(cursorText, { order, descending, includeDeleted: askedDeleted });
  if (cursorText !== undefined && cursor === undefined) {
    reader.refuse(
      'cursor',
      'invalid_value',
      'cursor must be the nextCursor of a page in the same order, and with the same includeDeleted.',
    );
  }
  const includeDeleted = cursor?.includeDeleted ?? askedDeleted ?? false;
  if (search !== undefined && includeDeleted) {
    const message = 'includeDeleted does not go with search: of a deleted customer there is no text to search.';
    reader.refuse('includeDeleted', 'invalid_value', message);
  }
  reader.finish();
  return {
    search,
    ...filters,
    page: cursor?.page ?? page ?? 1,
    limit,
    order: cursor?.order ?? order ?? 'name',
    descending: cursor?.descending ?? descending ?? false,
    includeDeleted,
    after: cursor?.position,
    updatedUntil: cursor?.updatedUntil,
  };
}
