import {
  applyMapping,
  bindMapping,
  type Mapping,
  type OpenTableOptions,
  openTable,
  type Row,
  suggestMapping,
  type Table,
} from '../../src/index.js';

/** Bytes of a file, or its text in UTF-8. */
export type FileContent = string | Uint8Array;

const bytesOf = (content: FileContent): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

/** A source that gives the bytes in pieces of the sizes, over and over. */
export async function* inPieces(
  content: FileContent,
  sizes: readonly number[] = [65_536],
): AsyncGenerator<Uint8Array, void> {
  const bytes = bytesOf(content);
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    yield bytes.slice(at, at + size);
    at += size;
  }
}

/** A table and all of its rows. */
export interface ReadTable {
  readonly table: Table;
  readonly rows: readonly Row[];
}

/** All rows of a table. */
export async function rowsOf(table: AsyncIterable<Row>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of table) rows.push(row);
  return rows;
}

/** Reads a whole file. */
export async function readTable(content: FileContent, options: Partial<OpenTableOptions> = {}): Promise<ReadTable> {
  const table = await openTable(inPieces(content), { name: 'file.csv', ...options });
  return { table, rows: await rowsOf(table) };
}

/** The cells of a whole file. */
export async function readCells(content: FileContent, options: Partial<OpenTableOptions> = {}): Promise<string[][]> {
  return (await readTable(content, options)).rows.map(({ cells }) => [...cells]);
}

/** Reads a whole file into customers, by the mapping or by the one that is suggested. */
export async function readCustomers(content: FileContent, mapping?: Mapping) {
  const { table, rows } = await readTable(content);
  const suggested = mapping ?? suggestMapping(table.header, table.sample);
  const bound = bindMapping(suggested, table.header);
  const mapped = rows.map((row) => applyMapping(bound, row));
  return {
    table,
    rows,
    mapping: suggested,
    customers: mapped.map(({ input }) => input),
    problems: mapped.flatMap(({ problems }) => problems),
  };
}
