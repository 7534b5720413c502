import type { Pool } from 'pg';
import type { Storage } from '../storage.js';
import { Connections } from './connections/connections.js';
import { APPLICATION_NAME, askServer, openClient, openPool, type ServerFacts } from './connections/postgres-pool.js';
import { Replica, type ReplicaEvents } from './connections/replica.js';
import { StatementCache } from './connections/statement-cache.js';
import { DatabaseClock } from './database-clock.js';
import { PostgresStorage } from './postgres-storage.js';
import { mayBeMigrated, migratePostgres } from './schema/migrate-postgres.js';
import { UnfitServer } from './schema/unfit-server.js';

/** How a PostgreSQL database is opened. */
export interface PostgresOptions extends ReplicaEvents {
  readonly url: string;
  /** Whether an older schema is brought to this version; an empty database always is. */
  readonly migrate: boolean;
  /** Most connections at once, to the primary and to the replica each. */
  readonly connections: number;
  /** A replica that lists and searches may be read from. */
  readonly replicaUrl: string | undefined;
}

/** The oldest version that is worked with. */
const OLDEST_VERSION = 150_000;

/**
 * Opens a PostgreSQL database.
 *
 * @throws SchemaMismatch, UnfitServer; the driver's error when the server cannot be reached
 */
export async function openPostgresStorage(options: PostgresOptions): Promise<Storage> {
  const { isPooled } = await readFitServer(options.url);
  const pool = openPool({ ...options, isPooled });
  try {
    await ensureSchema(pool, options);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const primary = new Connections(pool, new StatementCache({ usesNames: !isPooled }));
  const clock = new DatabaseClock();
  try {
    await primary.use((executor) => clock.measure(executor));
  } catch (error) {
    await primary.close();
    throw error;
  }
  return new PostgresStorage({ url: options.url, primary, replica: openReplica(options), isPooled, clock });
}

async function ensureSchema(pool: Pool, options: PostgresOptions): Promise<void> {
  const client = await pool.connect();
  try {
    if (!(await mayBeMigrated(client, options))) return;
  } finally {
    client.release();
  }
  // Connections of the pool are given up when an answer takes long, as a migration may.
  const patient = await openClient(options.url, APPLICATION_NAME);
  try {
    await migratePostgres(patient);
  } finally {
    await patient.end();
  }
}

/** What a server says of itself, which this program can work with. @throws UnfitServer; the driver's error */
export async function readFitServer(url: string): Promise<ServerFacts> {
  const facts = await askServer(url);
  const { version, encoding } = facts;
  if (version < OLDEST_VERSION) {
    throw new UnfitServer(`it is PostgreSQL ${Math.floor(version / 10_000)}, and 15 or newer is needed`);
  }
  if (encoding !== 'UTF8') throw new UnfitServer(`its encoding is ${encoding}, and UTF8 is needed`);
  return facts;
}

function openReplica({ replicaUrl, connections, onReplicaLost }: PostgresOptions): Replica | undefined {
  if (replicaUrl === undefined) return undefined;
  // Whether a pooler stands before it is not asked, since it may be away now; nothing that belongs to a session is used.
  const pool = openPool({ url: replicaUrl, connections, isPooled: true });
  return new Replica(new Connections(pool, new StatementCache({ usesNames: false })), { onReplicaLost });
}
