import { type Client, DatabaseError, type QueryConfig } from 'pg';
import { APPLICATION_NAME, openClient } from '../connections/postgres-pool.js';
import { SCHEMA_LOCK } from './migrate-postgres.js';
import { tablesPlaced } from './placements.js';
import { UnfitServer } from './unfit-server.js';

/** The tables of a Citus cluster by where they lie. */
export interface Distribution {
  /** Spread over the nodes by team. */
  readonly distributed: readonly string[];
  /** Whole on every node. */
  readonly reference: readonly string[];
}

/**
 * Spreads the tables of a migrated database over the nodes of a Citus cluster; what lies where it should stays. Moving rows
 * takes as long as it takes, and whoever writes to a table waits while it is moved.
 *
 * @throws UnfitServer when the database is not that of a coordinator; the driver's error when a step fails, with the
 *   tables before it in their place
 */
export async function distributeTables(url: string): Promise<Distribution> {
  const client = await openClient(url, APPLICATION_NAME);
  try {
    await client.query('set statement_timeout = 0; set lock_timeout = 0');
    await refuseUnfit(client);
    await client.query('select pg_advisory_lock($1)', [SCHEMA_LOCK]);
    return await placeTables(client);
  } finally {
    // The lock goes with the connection.
    await client.end();
  }
}

async function refuseUnfit(client: Client): Promise<void> {
  const { rows: extension } = await client.query("select to_regclass('pg_dist_partition') as found");
  if (extension[0]?.found == null) {
    throw new UnfitServer('it has no Citus; install the extension on all nodes and run "create extension citus" there');
  }
  const { rows } = await client.query<{ is_coordinator: boolean; is_known: boolean }>(
    `select (select groupid from pg_dist_local_group) = 0 as is_coordinator,
      exists (select from pg_dist_node where groupid = 0) or not exists (select from pg_dist_node) as is_known`,
  );
  if (rows[0]?.is_coordinator !== true)
    throw new UnfitServer('it is on a worker of the Citus cluster, not on the coordinator');
  if (!rows[0].is_known) {
    throw new UnfitServer(
      'the nodes of the Citus cluster do not know their coordinator; run "select citus_set_coordinator_host" with its address',
    );
  }
}

// Reference tables come first, since others may point to them. Each step is a transaction of its own, as Citus wants it.
async function placeTables(client: Client): Promise<Distribution> {
  const reference = tablesPlaced('reference');
  for (const table of reference) {
    if (await isPlaced(client, table, REFERENCE)) continue;
    await place(client, table, { text: 'select create_reference_table($1::regclass)', values: [table] });
  }
  const distributed = tablesPlaced('distributed');
  for (const [index, table] of distributed.entries()) {
    if (await isPlaced(client, table, BY_HASH)) continue;
    // The rows of a team in all tables must lie on one node: each table lies as the first one does.
    const beside = index === 0 ? 'none' : distributed[0];
    const text = "select create_distributed_table($1::regclass, 'team_id', colocate_with => $2::text)";
    await place(client, table, { text, values: [table, beside] });
  }
  return { distributed, reference };
}

async function place(client: Client, table: string, statement: QueryConfig): Promise<void> {
  try {
    await client.query(statement);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    throw new UnfitServer(`Citus did not place the table ${table}, and says: ${error.message}`, { cause: error });
  }
}

/** Conditions on Citus's own list of the tables that it has placed. */
const REFERENCE = "partmethod = 'n' and repmodel = 't'";
const BY_HASH = "partmethod = 'h'";

async function isPlaced(client: Client, table: string, placement: string): Promise<boolean> {
  const text = `select from pg_dist_partition where logicalrelid = $1::regclass and ${placement}`;
  const { rowCount } = await client.query(text, [table]);
  return rowCount === 1;
}
