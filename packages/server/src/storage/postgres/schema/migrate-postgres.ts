import type { ClientBase } from 'pg';
import type { Migration } from '../../migrations/migration.js';
import { migrations, schemaVersion } from '../../migrations/migrations.js';
import { refuseOtherSchema, SchemaMismatch } from '../../schema-version.js';
import { TRANSFER_TABLE, UnfinishedTransfer } from '../../transfer/unfinished-transfer.js';
import { makeConcurrently } from './make-concurrently.js';

/** The advisory lock that whoever changes the schema holds; any number, as long as it stays. */
export const SCHEMA_LOCK = 7_281_946_503;

/** The schema version of a database; 0 for an empty one. */
export async function findSchemaVersion(client: ClientBase): Promise<number> {
  if (!(await hasTable(client, 'schema_migrations'))) return 0;
  const versions = await client.query<{ version: number }>(
    'select coalesce(max(version), 0) as version from schema_migrations',
  );
  return versions.rows[0]?.version ?? 0;
}

async function hasTable(client: ClientBase, name: string): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [name]);
  return rows[0]?.found === true;
}

/**
 * Refuses a database at another schema than this program's, and changes nothing.
 *
 * @throws NoRecords, SchemaMismatch, UnfinishedTransfer
 */
export async function refuseOtherPostgresSchema(client: ClientBase): Promise<void> {
  await refuseUnfinishedTransfer(client);
  refuseOtherSchema(await findSchemaVersion(client));
}

async function refuseUnfinishedTransfer(client: ClientBase): Promise<void> {
  if (await hasTable(client, TRANSFER_TABLE)) throw new UnfinishedTransfer();
}

/** How a database is brought to this program's schema. */
export interface EnsureOptions {
  /** Whether an older schema is brought to this version. */
  readonly migrate: boolean;
  /** Whether a transfer into it goes on, which nobody else may get in the way of. */
  readonly isTransfer?: boolean;
}

/**
 * Makes sure that the schema is this program's. An empty database is always set up; an older one only on `migrate`. Any
 * number of processes may do so at once: each step is a transaction that begins with taking the same lock, which a pooler
 * leaves alone, and the version is read behind it.
 *
 * @throws SchemaMismatch naming both versions, UnfinishedTransfer
 */
export async function ensurePostgresSchema(client: ClientBase, options: EnsureOptions): Promise<void> {
  if (await mayBeMigrated(client, options)) await migratePostgres(client);
}

/** Whether the schema is older than this program's and may be changed. @throws as {@link ensurePostgresSchema} does */
export async function mayBeMigrated(
  client: ClientBase,
  { migrate, isTransfer = false }: EnsureOptions,
): Promise<boolean> {
  if (!isTransfer) await refuseUnfinishedTransfer(client);
  const found = await findSchemaVersion(client);
  if (found > schemaVersion()) throw new SchemaMismatch(found);
  if (found === schemaVersion()) return false;
  if (found !== 0 && !migrate) throw new SchemaMismatch(found);
  return true;
}

/** Brings the schema to this program's, on a connection that waits as long as that takes. */
export async function migratePostgres(client: ClientBase): Promise<void> {
  for (const migration of migrations) await applyMigration(client, migration);
}

async function applyMigration(client: ClientBase, migration: Migration): Promise<void> {
  const { postgresIndexes = [] } = migration;
  const isDone = await inTurn(client, async () => {
    if ((await findSchemaVersion(client)) >= migration.version) return true;
    await client.query(migration.postgres);
    if (postgresIndexes.length > 0) return false;
    await noteApplied(client, migration);
    return true;
  });
  if (isDone) return;
  for (const index of postgresIndexes) await makeConcurrently(client, index);
  await inTurn(client, () => noteApplied(client, migration));
}

/** Runs work in a transaction, one process after the other. */
async function inTurn<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    // A migration may take as long as it takes; others wait for it.
    await client.query('set local statement_timeout = 0; set local lock_timeout = 0');
    await client.query('select pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
    await client.query(
      'create table if not exists schema_migrations (version integer primary key, name text not null, applied_at bigint not null)',
    );
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

// Another process may have been at the same indexes.
async function noteApplied(client: ClientBase, { version, name }: Migration): Promise<void> {
  await client.query(
    'insert into schema_migrations (version, name, applied_at) values ($1, $2, $3) on conflict do nothing',
    [version, name, Date.now()],
  );
}
