import { randomUUID } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import { type Row, runPostgresSql } from '../harness/postgres-sql.js';

/** Every table of a database by its name, with all its rows as texts, sorted: the same for the same rows on any engine. */
export type StoredRows = ReadonlyMap<string, readonly string[]>;

/** What the engines keep in shapes of their own. */
const OWN = new Set(['schema_migrations', 'search_pending', 'search_state']);
/** SQLite's internal key of a customer, which never leaves the database. */
const INTERNAL_KEY = 'customers.id';
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** Reads everything that is stored, by means of the test's own. */
export async function readStoredRows(url: string): Promise<StoredRows> {
  const query = queryOf(url);
  const tables = (await query(tablesText(url))).map(({ name }) => String(name)).filter((name) => !OWN.has(name));
  const stored = new Map<string, string[]>();
  for (const name of tables.sort()) {
    const rows = await query(name === 'customer_counts' ? COUNTS : `select * from ${name}`);
    stored.set(name, rows.map((row) => rowText(name, row)).sort());
  }
  return stored;
}

const COUNTS = `select team_id, status, cast(sum(live) as bigint) as live from customer_counts
  group by team_id, status having sum(live) <> 0`;

function tablesText(url: string): string {
  return url.startsWith('sqlite:')
    ? "select name from sqlite_schema where type = 'table' and name not like 'sqlite%'"
    : "select tablename as name from pg_tables where schemaname = 'public'";
}

function queryOf(url: string): (text: string) => Promise<Row[]> {
  if (!url.startsWith('sqlite:')) return (text) => runPostgresSql(url, text);
  const database = new DatabaseSync(copyOf(url.slice('sqlite:'.length)));
  return async (text) => database.prepare(text).all();
}

// The driver keeps a file open for as long as a statement is remembered, and a move wants its source for itself.
function copyOf(file: string): string {
  const copy = `${file}-${randomUUID()}`;
  copyFileSync(file, copy);
  return copy;
}

function rowText(table: string, row: Row): string {
  const columns = Object.keys(row)
    .filter((column) => `${table}.${column}` !== INTERNAL_KEY)
    .sort();
  return JSON.stringify(columns.map((column) => [column, plainValue(row[column])]));
}

function plainValue(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return typeof value === 'string' && UUID.test(value) ? value.replaceAll('-', '') : value;
}
