import type { SqliteConnection } from '../../sqlite/connection.js';
import { refuseOtherSqliteSchema } from '../../sqlite/files/migrate-sqlite.js';
import { openSole } from '../../sqlite/open-sole.js';
import { ACTUAL_COUNTS } from '../customer-counts.js';
import type { CustomerCount, TransferSource } from '../transfer-ends.js';
import { readSqliteFrom, sqliteDigests, sqliteTables } from './sqlite-rows.js';

/**
 * An SQLite database to copy from, which no server can have open at the same time.
 *
 * @throws DatabaseInUse, NoRecords, SchemaMismatch, UnfinishedTransfer; the driver's error
 */
export function openSqliteSource(file: string, name: string): TransferSource {
  const connection = openSole(file);
  try {
    refuseOtherSqliteSchema(connection);
  } catch (error) {
    connection.close();
    throw error;
  }
  return sourceOf(connection, name);
}

function sourceOf(connection: SqliteConnection, name: string): TransferSource {
  return {
    name,
    tables: async () => sqliteTables(connection),
    digests: (table) => sqliteDigests(connection, table),
    readCounts: async () => connection.allText<CustomerCount>(ACTUAL_COUNTS, []),
    countRows: async ({ name: table }) =>
      connection.allText<{ count: number }>(`select count(*) as count from ${table}`, [])[0]?.count ?? 0,
    readFrom: (table, last) => readSqliteFrom(connection, table, last),
    close: async () => connection.close(),
  };
}
