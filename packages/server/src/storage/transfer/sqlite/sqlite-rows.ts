import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SqliteConnection } from '../../sqlite/connection.js';
import type { TransferTable } from '../plan-transfer.js';
import { type LineDialect, rowLine } from '../row-line.js';
import {
  ChunkBuilder,
  type ColumnKind,
  type ColumnShape,
  type KeyValue,
  type RowChunk,
  type TableShape,
} from '../table-shape.js';

const KINDS = new Map<string, ColumnKind>([
  ['INTEGER', 'integer'],
  ['TEXT', 'text'],
  ['BLOB', 'bytes'],
]);
/** Rows that are read before the event loop goes on, and with it what is done with those before them. */
const ROWS_AT_ONCE = 100;

/** Every table of the file, from its own catalogue. @throws Error for a column of a type that cannot be copied */
export function sqliteTables(connection: SqliteConnection): TableShape[] {
  const tables = connection.allText<{ name: string }>(
    "select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name",
    [],
  );
  return tables.map(({ name }) => tableShape(connection, name));
}

function tableShape(connection: SqliteConnection, name: string): TableShape {
  const columns = connection.allText<{ name: string; type: string; pk: number }>(
    'select name, type, pk from pragma_table_info(?) order by cid',
    [name],
  );
  const references = connection.allText<{ table: string }>('select distinct "table" from pragma_foreign_key_list(?)', [
    name,
  ]);
  const shapes = columns.map(({ name: column, type, pk }) => ({
    name: column,
    kind: kindOf(`${name}.${column}`, type),
    pk,
  }));
  return {
    name,
    columns: shapes,
    key: shapes.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk),
    references: references.map(({ table }) => table),
  };
}

function kindOf(column: string, type: string): ColumnKind {
  const kind = KINDS.get(type.toUpperCase());
  if (kind === undefined) throw new Error(`${column} is ${type}, which cannot be copied`);
  return kind;
}

const sqliteLines: LineDialect = {
  character: (code) => `char(${code})`,
  hex: ({ name }) => `lower(hex("${name}"))`,
};

// As bytes: to make a JavaScript text of a line, and bytes of that, takes longer than all else.
function lineBytes(columns: readonly ColumnShape[]): string {
  return `cast(${rowLine(columns, sqliteLines)} as blob)`;
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new Error('a row has no line');
}

/** The digests of every row's line; the event loop goes on between them. */
export async function* sqliteDigests(
  connection: SqliteConnection,
  { name, columns }: TransferTable,
): AsyncGenerator<Uint8Array[]> {
  let digests: Uint8Array[] = [];
  for (const [line] of connection.iterateText(`select ${lineBytes(columns)} from ${name}`)) {
    digests.push(hash('sha256', bytesOf(line), 'buffer'));
    if (digests.length < ROWS_AT_ONCE) continue;
    yield digests;
    await nextTurn();
    digests = [];
  }
  yield digests;
}

/** The rows of a table in the order of its key, from behind a key or from the start. */
export async function* readSqliteFrom(
  connection: SqliteConnection,
  { name, columns, key }: TransferTable,
  last: readonly KeyValue[] | null,
): AsyncGenerator<RowChunk> {
  const order = key.map((column) => `"${column.name}"`).join(', ');
  const places = key.map(({ kind }) => (isBytes(kind) ? 'unhex(?)' : '?')).join(', ');
  const keys = key.map((column) => (isBytes(column.kind) ? sqliteLines.hex(column) : `"${column.name}"`));
  const rows = connection.iterateText(
    `select ${[lineBytes(columns), ...keys].join(', ')} from ${name}
      ${last === null ? '' : `where (${order}) > (${places})`} order by ${order}`,
    last ?? [],
  );
  const builder = new ChunkBuilder();
  let read = 0;
  for (const [line, ...values] of rows) {
    builder.add(bytesOf(line), values);
    if (builder.isFull) yield builder.take();
    read += 1;
    if (read % ROWS_AT_ONCE === 0) await nextTurn();
  }
  if (!builder.isEmpty) yield builder.take();
}

function isBytes(kind: ColumnKind): boolean {
  return kind === 'bytes' || kind === 'uuid';
}
