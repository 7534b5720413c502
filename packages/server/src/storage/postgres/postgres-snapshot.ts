import type { CustomerSnapshot, SnapshotSelection } from '../customer-snapshot.js';
import { APPLICATION_NAME } from './connections/postgres-pool.js';
import { PostgresSession } from './connections/postgres-session.js';
import { translated } from './postgres-fault.js';
import { liveMatches } from './read-customers.js';

/**
 * Customers in a transaction of its own connection, so that no request waits for one of the pool's. The primary is read: a
 * replica ends long reads that are in the way of what it replays.
 *
 * @throws the driver's error
 */
export async function openPostgresSnapshot(url: string, selection: SnapshotSelection): Promise<CustomerSnapshot> {
  const session = await PostgresSession.open(url, APPLICATION_NAME);
  try {
    await session.begin('isolation level repeatable read, read only');
    // The first query is what the snapshot begins with.
    await session.execute('select 1 from teams limit 1');
  } catch (error) {
    await session.close();
    throw error;
  }
  return snapshotOf(session, selection);
}

function snapshotOf(session: PostgresSession, selection: SnapshotSelection): CustomerSnapshot {
  const { text, values } = liveMatches(selection);
  return {
    shape: (mostKeys) =>
      translated(async () => {
        const [row] = await session.all<{ most: number | null }>(
          `select max(json_array_length(body::json -> 'contacts')) as most from customers where ${text}`,
          values,
        );
        const keys = await session.all<{ name: string }>(
          `select distinct json_object_keys(body::json -> 'metadata') as name from customers where ${text}
           limit ${mostKeys}`,
          values,
        );
        return { contacts: row?.most ?? 0, metadataKeys: keys.map(({ name }) => name) };
      }),
    async *lines() {
      const rows = `select body from customers where ${text} order by created_at, uuid`;
      const portions = session.fetch(rows, { values });
      for (;;) {
        const { done, value } = await translated(() => portions.next());
        if (done === true) return;
        yield Buffer.from(value.map(([body]) => `${String(body)}\n`).join(''));
      }
    },
    close: () => session.close(),
  };
}
