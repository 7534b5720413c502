import { PostgresSession } from '../../postgres/connections/postgres-session.js';
import { refuseOtherPostgresSchema } from '../../postgres/schema/migrate-postgres.js';
import { ACTUAL_COUNTS } from '../customer-counts.js';
import type { CustomerCount, TransferSource } from '../transfer-ends.js';
import { postgresDigests, postgresTables, readPostgresFrom } from './postgres-rows.js';
import { refuseServers, TRANSFER_NAME } from './refuse-servers.js';

/** How long the tables may be waited for, in milliseconds; only a write at work holds one. */
const LOCK_WAIT_MS = 5_000;

/**
 * A PostgreSQL database to copy from: one view of it for all that is read, and locks that let nobody write meanwhile.
 *
 * @throws DatabaseInUse, NoRecords, SchemaMismatch, UnfinishedTransfer; the driver's error
 */
export async function openPostgresSource(url: string, name: string): Promise<TransferSource> {
  const session = await PostgresSession.open(url, TRANSFER_NAME);
  try {
    await refuseOtherPostgresSchema(session.client);
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

function sourceOf(session: PostgresSession, name: string): TransferSource {
  return {
    name,
    tables: () => postgresTables(session),
    digests: (table) => postgresDigests(session, table),
    readCounts: () => session.all<CustomerCount>(ACTUAL_COUNTS),
    countRows: async ({ name: table }) =>
      (await session.all<{ count: number }>(`select count(*) as count from ${table}`))[0]?.count ?? 0,
    readFrom: (table, last) => readPostgresFrom(session, table, last),
    close: () => session.close(),
  };
}
