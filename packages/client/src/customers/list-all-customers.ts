import type { CallOptions } from '../call-options.js';
import { CountersignError } from '../countersign-error.js';
import type { CustomerPage, ListPage, WalkQuery } from './customer-page.js';

const PAGE_SIZE = 100;

/**
 * All pages of a list, following its cursor.
 *
 * @throws {CountersignError} of the page that failed; `invalid_response` when a cursor leads to itself
 */
export async function* listAllPages<R>(
  list: ListPage<R>,
  query: WalkQuery,
  options: CallOptions,
): AsyncGenerator<CustomerPage<R>, void> {
  let cursor: string | undefined;
  for (;;) {
    const { data, requestId } = await list(
      { limit: PAGE_SIZE, ...query, ...(cursor === undefined ? {} : { cursor }) },
      options,
    );
    yield data;
    const next = data.pagination.nextCursor ?? undefined;
    if (next === undefined) return;
    if (next === cursor) {
      throw new CountersignError('invalid_response', 'The list does not advance: nextCursor repeats.', { requestId });
    }
    cursor = next;
  }
}

/** All records of a list. @throws {CountersignError} as {@link listAllPages} does */
export async function* listAllCustomers<R>(
  list: ListPage<R>,
  query: WalkQuery,
  options: CallOptions,
): AsyncGenerator<R, void> {
  for await (const { customers } of listAllPages(list, query, options)) yield* customers;
}
