import type { ColumnShape } from './table-shape.js';

/** What the engines say differently when they write a row as a line. */
export interface LineDialect {
  /** The character of a code, in SQL. */
  character(code: number): string;
  /** A column's bytes as lower-case hex, in SQL. */
  hex(column: ColumnShape): string;
}

/**
 * SQL that gives a row as a line of PostgreSQL's COPY, text form: values between tabs, `\N` for null, backslashes before
 * what would end a value, a line feed at the end. Rows travel and are compared as such lines, which each engine makes
 * itself and one of them takes as they are.
 */
export function rowLine(columns: readonly ColumnShape[], dialect: LineDialect): string {
  const values = columns.map((column) => `coalesce(${valueText(column, dialect)}, '\\N')`);
  return `concat_ws(${[dialect.character(9), ...values].join(', ')}) || ${dialect.character(10)}`;
}

function valueText(column: ColumnShape, dialect: LineDialect): string {
  if (column.kind === 'integer') return `cast("${column.name}" as text)`;
  // SQLite's hex of null is an empty text.
  const hex = `case when "${column.name}" is not null then ${dialect.hex(column)} end`;
  if (column.kind === 'uuid') return hex;
  if (column.kind === 'bytes') return `'\\\\x' || ${hex}`;
  return ESCAPED.reduce(
    (text, [code, written]) => `replace(${text}, ${dialect.character(code)}, '${written}')`,
    `"${column.name}"`,
  );
}

const ESCAPED: readonly (readonly [code: number, written: string])[] = [
  [92, '\\\\'],
  [10, '\\n'],
  [13, '\\r'],
  [9, '\\t'],
];

/** The values of a line, as SQLite stores them. */
export function lineValues(line: string, columns: readonly ColumnShape[]): (number | string | Uint8Array | null)[] {
  return line.split('\t').map((text, index) => lineValue(text, columns[index]));
}

function lineValue(text: string, column: ColumnShape | undefined): number | string | Uint8Array | null {
  if (text === '\\N') return null;
  if (column?.kind === 'integer') return Number(text);
  if (column?.kind === 'uuid') return Buffer.from(text, 'hex');
  if (column?.kind === 'bytes') return Buffer.from(text.slice(3), 'hex');
  return text.includes('\\') ? text.replace(/\\(.)/g, (_, letter: string) => UNESCAPED[letter] ?? letter) : text;
}

const UNESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
