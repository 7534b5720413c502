import { PostgresSession } from '../postgres/connections/postgres-session.js';
import { requirePostgresSchema } from '../postgres/schema/migrate-postgres.js';
import { ACTUAL_COUNTS } from './customer-counts.js';
import { postgresDigests, postgresTables, readPostgresFrom } from './postgres-rows.js';
import { MOVING, refuseServers } from './refuse-servers.js';
import type { CustomerCount, MoveSource } from './transfer-ends.js';

/** How long the tables may be waited for, in milliseconds; only a write at work holds one. */
const LOCK_WAIT_MS = 5_000;

/**
 * A PostgreSQL database to move from: one view of it for all that is read, and locks that let nobody write meanwhile.
 *
 * @throws DatabaseInUse, NoRecords, SchemaMismatch, UnfinishedMove; the driver's error
 */
export async function openPostgresSource(url: string, name: string): Promise<MoveSource> {
  const session = await PostgresSession.open(url, MOVING);
  try {
    await requirePostgresSchema(session.client);
    await refuseServers(session, name);
    const tables = await postgresTables(session);
    await session.begin('isolation level repeatable read');
    await session.execute(`set local lock_timeout = ${LOCK_WAIT_MS}`);
    await session.execute(`lock table ${tables.map((table) => table.name).join(', ')} in share mode`);
  } catch (error) {
    await session.close();
    throw error;
  }
  return sourceOf(session, name);
}

function sourceOf(session: PostgresSession, name: string): MoveSource {
  return {
    name,
    tables: () => postgresTables(session),
    digests: (move) => postgresDigests(session, move),
    readCounts: () => session.all<CustomerCount>(ACTUAL_COUNTS),
    countRows: async ({ name: table }) =>
      (await session.all<{ count: number }>(`select count(*) as count from ${table}`))[0]?.count ?? 0,
    readFrom: (move, last) => readPostgresFrom(session, move, last),
    close: () => session.close(),
  };
}
