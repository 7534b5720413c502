import type { Customer, CustomerListQuery } from '@countersign/contract';
import type { CallOptions } from './call-options.js';
import { CountersignError } from './countersign-error.js';
import type { CustomersApi } from './customers-api.js';

const PAGE_SIZE = 100;

/**
 * All customers of a list, following its cursor from page to page.
 *
 * @throws {CountersignError} of the page that failed; `invalid_response` when a cursor leads to itself
 */
export async function* listAllCustomers(
  list: CustomersApi['list'],
  query: Omit<CustomerListQuery, 'page' | 'cursor'>,
  options: CallOptions,
): AsyncGenerator<Customer, void> {
  let cursor: string | undefined;
  for (;;) {
    const { data, requestId }: Awaited<ReturnType<typeof list>> = await list(
      { limit: PAGE_SIZE, ...query, ...(cursor === undefined ? {} : { cursor }) },
      options,
    );
    yield* data.customers;
    const next = data.pagination.nextCursor ?? undefined;
    if (next === undefined) return;
    if (next === cursor) {
      throw new CountersignError('invalid_response', 'The list does not advance: nextCursor repeats.', { requestId });
    }
    cursor = next;
  }
}
