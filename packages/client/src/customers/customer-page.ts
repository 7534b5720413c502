import type { Customer, CustomerListQuery, DeletedCustomer, Pagination } from '@countersign/contract';
import type { CallOptions } from '../call-options.js';
import type { Result } from '../sending/read-result.js';

/** One page of a list. */
export interface CustomerPage<R = Customer> {
  readonly customers: R[];
  readonly pagination: Pagination;
}

/** What a list gives: live customers and, where they are asked for, deleted ones. */
export type ListedRecord<Q> = 'includeDeleted' extends keyof Q
  ? Q extends { readonly includeDeleted?: false | undefined }
    ? Customer
    : Customer | DeletedCustomer
  : Customer;

/** The query of a walk through a list, whose pages are followed by themselves. */
export type WalkQuery = Omit<CustomerListQuery, 'page' | 'cursor'>;

/** Fetches one page of a list. */
export type ListPage<R> = (query: CustomerListQuery, options: CallOptions) => Promise<Result<CustomerPage<R>>>;
