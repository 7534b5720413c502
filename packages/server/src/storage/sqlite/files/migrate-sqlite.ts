import type { Migration } from '../../migrations/migration.js';
import { migrations, schemaVersion } from '../../migrations/migrations.js';
import { refuseOtherSchema, SchemaMismatch } from '../../schema-version.js';
import { TRANSFER_TABLE, UnfinishedTransfer } from '../../transfer/unfinished-transfer.js';
import type { SqliteConnection } from '../connection.js';

/** The schema version of a database; 0 for an empty one. */
export function findSchemaVersion(connection: SqliteConnection): number {
  if (!hasTable(connection, 'schema_migrations')) return 0;
  const rows = connection.allText<{ version: number }>(
    'select coalesce(max(version), 0) as version from schema_migrations',
    [],
  );
  return rows[0]?.version ?? 0;
}

function hasTable(connection: SqliteConnection, name: string): boolean {
  return connection.allText<object>("select 1 from sqlite_schema where type = 'table' and name = ?", [name]).length > 0;
}

/** Makes the schema current; each step is one transaction, and the version is read inside it, so two may start at once. */
function migrateSqlite(connection: SqliteConnection): void {
  connection.execute(
    'create table if not exists schema_migrations (version integer primary key, name text not null, applied_at integer not null) strict',
  );
  for (const migration of migrations) applyMigration(connection, migration);
}

function applyMigration(connection: SqliteConnection, migration: Migration): void {
  connection.execute('begin immediate');
  try {
    if (findSchemaVersion(connection) < migration.version) {
      connection.execute(migration.sqlite);
      connection.runText('insert into schema_migrations (version, name, applied_at) values (?, ?, ?)', [
        migration.version,
        migration.name,
        Date.now(),
      ]);
    }
    connection.execute('commit');
  } catch (error) {
    if (connection.isInTransaction) connection.execute('rollback');
    throw error;
  }
}

/**
 * Refuses a database at another schema than this program's, and changes nothing.
 *
 * @throws NoRecords, SchemaMismatch, UnfinishedTransfer
 */
export function refuseOtherSqliteSchema(connection: SqliteConnection): void {
  refuseUnfinishedTransfer(connection);
  refuseOtherSchema(findSchemaVersion(connection));
}

/** Refuses a database into which records are still being copied. @throws UnfinishedTransfer */
export function refuseUnfinishedTransfer(connection: SqliteConnection): void {
  if (hasTable(connection, TRANSFER_TABLE)) throw new UnfinishedTransfer();
}

/** How a database is brought to this program's schema. */
export interface EnsureOptions {
  /** Whether an older schema is brought to this version. */
  readonly migrate: boolean;
  /** Whether a transfer into it goes on, which nobody else may get in the way of. */
  readonly isTransfer?: boolean;
}

/**
 * Makes sure that the schema is this program's. An empty database is always set up; an older one only on `migrate`.
 *
 * @throws SchemaMismatch naming both versions, UnfinishedTransfer
 */
export function ensureSqliteSchema(connection: SqliteConnection, { migrate, isTransfer = false }: EnsureOptions): void {
  if (!isTransfer) refuseUnfinishedTransfer(connection);
  const found = findSchemaVersion(connection);
  if (found > schemaVersion()) throw new SchemaMismatch(found);
  if (found === schemaVersion()) return;
  if (found !== 0 && !migrate) throw new SchemaMismatch(found);
  migrateSqlite(connection);
}
