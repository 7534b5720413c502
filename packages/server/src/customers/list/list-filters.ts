import { CUSTOMER_LIMITS } from '@countersign/contract';
import type { SnapshotSelection } from '../../storage/customer-snapshot.js';
import { searchTerms } from '../../storage/customers/search-text.js';
import type { QueryReader } from '../../validation/query-reader.js';
import { withoutUndefined } from '../../without-undefined.js';

/** Which customers are listed or exported; all must hold, contract §3.2. */
export interface ListFilters {
  readonly search: string | undefined;
  readonly status: string | undefined;
  /** Milliseconds since 1970. */
  readonly updatedSince: number | undefined;
  /** Milliseconds since 1970. */
  readonly createdSince: number | undefined;
}

/** Reads the filters of a query; an empty search is none. */
export function readListFilters(reader: QueryReader): Omit<ListFilters, 'search'> {
  return {
    status: reader.choice('status', ['active', 'inactive'] as const),
    updatedSince: reader.time('updatedSince'),
    createdSince: reader.time('createdSince'),
  };
}

/** The text that is searched for. */
export function readSearch(reader: QueryReader): string | undefined {
  const search = reader.text('search', CUSTOMER_LIMITS.search);
  return search === '' ? undefined : search;
}

/** The customers of a team that meet filters, as the storage is asked for them. */
export function selectionOfFilters(teamId: number, filters: ListFilters): SnapshotSelection {
  const { search, status, createdSince, updatedSince } = filters;
  const terms = search === undefined ? undefined : searchTerms(search);
  return withoutUndefined({ teamId, search: terms, status, createdSince, updatedSince });
}
