import type { SqliteConnection } from '../sqlite/connection.js';
import { requireSqliteSchema } from '../sqlite/files/migrate-sqlite.js';
import { openSole } from '../sqlite/open-sole.js';
import { ACTUAL_COUNTS } from './customer-counts.js';
import { readSqliteFrom, sqliteDigests, sqliteTables } from './sqlite-rows.js';
import type { CustomerCount, MoveSource } from './transfer-ends.js';

/**
 * An SQLite database to move from, which no server can have open at the same time.
 *
 * @throws DatabaseInUse, NoRecords, SchemaMismatch, UnfinishedMove; the driver's error
 */
export function openSqliteSource(file: string, name: string): MoveSource {
  const connection = openSole(file);
  try {
    requireSqliteSchema(connection);
  } catch (error) {
    connection.close();
    throw error;
  }
  return sourceOf(connection, name);
}

function sourceOf(connection: SqliteConnection, name: string): MoveSource {
  return {
    name,
    tables: async () => sqliteTables(connection),
    digests: (move) => sqliteDigests(connection, move),
    readCounts: async () => connection.allText<CustomerCount>(ACTUAL_COUNTS, []),
    countRows: async ({ name: table }) =>
      connection.allText<{ count: number }>(`select count(*) as count from ${table}`, [])[0]?.count ?? 0,
    readFrom: (move, last) => readSqliteFrom(connection, move, last),
    close: async () => connection.close(),
  };
}
