import type { Customer, DeletedCustomer } from '@countersign/contract';
import type { CallOptions } from '../call-options.js';
import type { ListPage } from './customer-page.js';
import { listAllPages } from './list-all-customers.js';

/** What a round of {@link CustomerChanges} is asked for. */
export interface ChangesQuery {
  /** The `updatedUntil` of the round before; left out in the first, which gives every customer. */
  readonly since?: string | undefined;
  /** Records to a page, 1 to 100; 100 by default. */
  readonly limit?: number | undefined;
}

/**
 * What changed since the round before, to keep a copy: each record as it is now, or what is left of it (`deleted: true`).
 * One and the same record may come in several rounds, and nothing is ever missed, contract §3.2.
 */
export interface CustomerChanges extends AsyncIterable<Customer | DeletedCustomer> {
  /**
   * For the `since` of the next round.
   *
   * @throws {TypeError} until the loop has come to its end: who keeps it before would miss the rest
   */
  readonly updatedUntil: string;
}

/** A round of changes, fetched page by page as the loop goes on. */
export function customerChanges(
  list: ListPage<Customer | DeletedCustomer>,
  { since, limit }: ChangesQuery,
  options: CallOptions,
): CustomerChanges {
  let updatedUntil: string | undefined;
  const query = {
    orderBy: 'updatedAt',
    includeDeleted: true,
    ...(since === undefined ? {} : { updatedSince: since }),
    ...(limit === undefined ? {} : { limit }),
  } as const;
  return {
    async *[Symbol.asyncIterator]() {
      updatedUntil = undefined;
      let told: string | undefined;
      for await (const { customers, pagination } of listAllPages(list, query, options)) {
        // What the first page tells is what nothing before was missed of; a server tells the same on all.
        told ??= pagination.updatedUntil;
        yield* customers;
      }
      updatedUntil = told;
    },
    get updatedUntil() {
      if (updatedUntil === undefined) throw new TypeError('updatedUntil is known once all changes were gone through.');
      return updatedUntil;
    },
  };
}
