import { type Field, findField } from './customer-fields.js';
import { nameKey } from './field-of-name.js';
import type { Mapping } from './mapping.js';

/** A column of a table that a mapping gives a field. */
export interface BoundColumn {
  /** From 0. */
  readonly index: number;
  readonly name: string;
  readonly path: string;
  readonly field: Field;
}

/** A mapping and the columns of one table: what rows are read by. */
export interface BoundMapping {
  readonly columns: readonly BoundColumn[];
  /** Columns that the mapping names and the table does not have. */
  readonly missing: readonly string[];
  readonly tidy: boolean;
  readonly fill: Mapping['fill'];
  /** Names of the table's columns, which may grow, and how many the mapping was bound to. */
  readonly header: readonly string[];
  readonly width: number;
}

/** Finds the columns of a mapping in a table, where names may differ in case, accents and signs. */
export function bindMapping(mapping: Mapping, header: readonly string[]): BoundMapping {
  const keys = header.map(nameKey);
  const columns: BoundColumn[] = [];
  const missing: string[] = [];
  for (const { column, field: path } of mapping.columns) {
    const exact = header.indexOf(column);
    const index = exact < 0 ? keys.indexOf(nameKey(column)) : exact;
    if (index < 0) missing.push(column);
    const field = path === null ? undefined : findField(path);
    if (index >= 0 && path !== null && field !== undefined)
      columns.push({ index, name: header[index] ?? '', path, field });
  }
  return { columns, missing, tidy: mapping.tidy, fill: mapping.fill, header, width: header.length };
}
