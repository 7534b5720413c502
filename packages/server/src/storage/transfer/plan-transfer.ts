import type { ColumnShape, TableShape } from './table-shape.js';

/** A table that is copied. */
export interface TransferTable {
  readonly name: string;
  /** What both sides have of it. */
  readonly columns: readonly ColumnShape[];
  /** The order in which the source is read; its columns may be the source's own. */
  readonly key: readonly ColumnShape[];
}

/** Tables that each database keeps for itself. All others are copied, those of later migrations too. */
const OWN_TABLES = new Set([
  // Which migrations were applied, and where a transfer stands.
  'schema_migrations',
  'data_move',
  // Totals are made anew from what was copied, since the engines keep them in different shapes.
  'customer_counts',
  // The state of SQLite's search index, which is made anew at the next start.
  'search_pending',
  'search_state',
]);

/** Columns that one engine alone has: SQLite's internal key, by which a team's customers lie together. */
const OWN_COLUMNS = new Set(['customers.id']);

/**
 * Every table with what is copied of it, each behind those that it refers to.
 *
 * @throws Error when one side has a table or a column that the other has not: a migration forgot an engine
 */
export function planTransfer(sources: readonly TableShape[], targets: readonly TableShape[]): TransferTable[] {
  const copied = targets.filter(({ name }) => !OWN_TABLES.has(name));
  for (const { name } of sources) {
    if (!OWN_TABLES.has(name) && !copied.some((target) => target.name === name)) throw missing(name);
  }
  return inOrderOfReferences(copied).map((target) => {
    const source = sources.find(({ name }) => name === target.name);
    if (source === undefined) throw missing(target.name);
    return pair(source, target);
  });
}

function missing(name: string): Error {
  return new Error(`${name} is in only one of the two databases`);
}

function pair(source: TableShape, target: TableShape): TransferTable {
  const { name } = target;
  for (const [one, other] of [
    [source, target],
    [target, source],
  ] as const) {
    const alone = one.columns.find((column) => !isIn(other, column) && !OWN_COLUMNS.has(`${name}.${column.name}`));
    if (alone !== undefined) throw missing(`${name}.${alone.name}`);
  }
  const columns = target.columns.filter((column) => isIn(source, column)).map((column) => common(source, column));
  return {
    name,
    columns,
    key: source.key.map((column) => columns.find((same) => same.name === column.name) ?? column),
  };
}

// SQLite has no UUIDs: what it calls bytes may be either.
function common({ name: table, columns }: TableShape, column: ColumnShape): ColumnShape {
  const kinds = new Set([column.kind, columns.find(({ name }) => name === column.name)?.kind]);
  if (kinds.size === 1) return column;
  if (kinds.has('uuid') && kinds.has('bytes')) return { ...column, kind: 'uuid' };
  throw new Error(`${table}.${column.name} holds different things in the two databases`);
}

function isIn({ columns }: TableShape, { name }: ColumnShape): boolean {
  return columns.some((column) => column.name === name);
}

function inOrderOfReferences(tables: readonly TableShape[]): TableShape[] {
  const ordered: TableShape[] = [];
  const place = (table: TableShape) => {
    if (ordered.includes(table)) return;
    for (const other of tables) {
      if (other !== table && table.references.includes(other.name)) place(other);
    }
    ordered.push(table);
  };
  for (const table of tables) place(table);
  return ordered;
}
