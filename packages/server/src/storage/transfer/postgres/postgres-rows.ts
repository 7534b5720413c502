import type { PostgresSession } from '../../postgres/connections/postgres-session.js';
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
  ['int2', 'integer'],
  ['int4', 'integer'],
  ['int8', 'integer'],
  ['text', 'text'],
  ['uuid', 'uuid'],
  ['bytea', 'bytes'],
]);

const TABLES = `select c.relname as name,
    (select json_agg(json_build_object('name', a.attname, 'type', t.typname) order by a.attnum)
       from pg_attribute a join pg_type t on t.oid = a.atttypid
       where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
    (select coalesce(json_agg(a.attname order by k.place), '[]')
       from pg_index i cross join unnest(i.indkey::int2[]) with ordinality k (attnum, place)
       join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
       where i.indrelid = c.oid and i.indisprimary) as key,
    (select coalesce(json_agg(distinct r.relname), '[]') from pg_constraint f join pg_class r on r.oid = f.confrelid
       where f.conrelid = c.oid and f.contype = 'f') as "references"
  from pg_class c
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  order by c.relname`;

interface CatalogueTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly key: readonly string[];
  readonly references: readonly string[];
}

/** Every table of the schema, from the server's catalogue. @throws Error for a column of a type that cannot be copied */
export async function postgresTables(session: PostgresSession): Promise<TableShape[]> {
  const tables = await session.all<CatalogueTable>(TABLES);
  return tables.map(({ name, columns, key, references }) => {
    const shapes = columns.map(({ name: column, type }) => ({ name: column, kind: kindOf(`${name}.${column}`, type) }));
    const keyShapes = key.flatMap((column) => shapes.filter((shape) => shape.name === column));
    return { name, columns: shapes, key: keyShapes, references };
  });
}

function kindOf(column: string, type: string): ColumnKind {
  const kind = KINDS.get(type);
  if (kind === undefined) throw new Error(`${column} is ${type}, which cannot be copied`);
  return kind;
}

const postgresLines: LineDialect = {
  character: (code) => `chr(${code})`,
  hex: ({ name, kind }) => (kind === 'uuid' ? `encode(uuid_send("${name}"), 'hex')` : `encode("${name}", 'hex')`),
};

/** The digests of every row's line, which the server makes itself; only inside a transaction. */
export async function* postgresDigests(
  session: PostgresSession,
  { name, columns }: TransferTable,
): AsyncGenerator<Uint8Array[]> {
  const line = rowLine(columns, postgresLines);
  const portions = session.fetch(`select sha256(convert_to(${line}, 'UTF8')) from ${name}`, { isSmall: true });
  for await (const portion of portions) {
    yield portion.map(([digest]) => {
      if (!(digest instanceof Uint8Array)) throw new Error('a row has no digest');
      return digest;
    });
  }
}

/** The rows of a table in the order of its key, from behind a key or from the start; only inside a transaction. */
export async function* readPostgresFrom(
  session: PostgresSession,
  { name, columns, key }: TransferTable,
  last: readonly KeyValue[] | null,
): AsyncGenerator<RowChunk> {
  const order = key.map((column) => `"${column.name}"`).join(', ');
  const places = key.map(({ kind }, index) => place(kind, index + 1)).join(', ');
  const keys = key.map(keyText);
  const text = `select ${[rowLine(columns, postgresLines), ...keys].join(', ')} from ${name}
    ${last === null ? '' : `where (${order}) > (${places})`} order by ${order}`;
  const builder = new ChunkBuilder();
  for await (const portion of session.fetch(text, { values: [...(last ?? [])] })) {
    for (const [line, ...values] of portion) {
      builder.add(Buffer.from(String(line)), values);
      if (builder.isFull) yield builder.take();
    }
  }
  if (!builder.isEmpty) yield builder.take();
}

function keyText(column: ColumnShape): string {
  return column.kind === 'text' || column.kind === 'integer' ? `"${column.name}"` : postgresLines.hex(column);
}

function place(kind: ColumnKind, number: number): string {
  if (kind === 'uuid') return `$${number}::uuid`;
  return kind === 'bytes' ? `decode($${number}, 'hex')` : `$${number}`;
}
