import { APPLICATION_NAME } from '../../postgres/connections/postgres-pool.js';
import type { PostgresSession } from '../../postgres/connections/postgres-session.js';
import { DatabaseInUse } from '../../storage-unusable.js';

/** The name under which a transfer is seen in a server's list of connections. */
export const TRANSFER_NAME = 'countersign migrate-data';

/** Makes sure that no server or command of this program is connected to a database. @throws DatabaseInUse */
export async function refuseServers(session: PostgresSession, name: string): Promise<void> {
  const connected = await session.all(
    'select 1 from pg_stat_activity where datname = current_database() and application_name = $1 limit 1',
    [APPLICATION_NAME],
  );
  if (connected.length > 0) throw new DatabaseInUse(name);
}
