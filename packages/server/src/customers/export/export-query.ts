import { QueryReader } from '../../validation/query-reader.js';
import type { RawQuery } from '../../validation/raw-query.js';
import { type ListFilters, readListFilters, readSearch } from '../list/list-filters.js';

/** The formats of an export, contract §8. */
export const EXPORT_FORMATS = ['csv', 'jsonl'] as const;

/** How an export is written. */
export interface ExportForm {
  readonly format: (typeof EXPORT_FORMATS)[number];
  /** Whether contacts and metadata have columns of their own. */
  readonly isFlat: boolean;
}

/** A checked query of an export. */
export interface ExportQuery extends ExportForm {
  readonly filters: ListFilters;
}

/** Checks the query of an export. @throws PartnerError `invalid_query` that lists every parameter at fault */
export function parseExportQuery(query: RawQuery): ExportQuery {
  const reader = new QueryReader(query);
  const format = reader.choice('format', EXPORT_FORMATS) ?? 'csv';
  const isFlat = reader.flag('flat') ?? false;
  const filters = { search: readSearch(reader), ...readListFilters(reader) };
  if (isFlat && format !== 'csv') reader.refuse('flat', 'invalid_value', 'flat goes with format=csv alone.');
  reader.finish();
  return { format, isFlat, filters };
}
