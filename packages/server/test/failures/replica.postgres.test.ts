import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, createCaller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { eventually } from '../harness/eventually.js';
import { type PrivatePostgres, startPrivatePostgres } from '../harness/private-postgres.js';
import { startServer, type TestServer } from '../harness/server.js';

let primary: PrivatePostgres;
let replica: PrivatePostgres;
let server: TestServer;
let other: TestServer;
let caller: Caller;
let otherCaller: Caller;

beforeAll(async () => {
  primary = await startPrivatePostgres();
  const url = await primary.createDatabase('countersign');
  replica = await primary.createReplica();
  const environment = {
    COUNTERSIGN_DATABASE_URL: url,
    COUNTERSIGN_REPLICA_URL: `postgres://postgres@127.0.0.1:${replica.port}/countersign`,
  };
  server = await startServer({ environment });
  other = await startServer({ environment: server.environment });
  caller = await server.createCaller();
  const { app, team, accessToken } = caller;
  otherCaller = createCaller({ url: other.url, app, team, accessToken });
});
afterAll(async () => {
  await server.stop();
  await other.stop();
  await primary.remove();
});

/** How many rows the replica has sent from its table of customers, as it counts them itself. */
async function countReplicaReads(): Promise<number> {
  const rows = await replica.sql<{ reads: string }>(
    'countersign',
    `select coalesce(sum(idx_scan + seq_scan), 0) as reads from pg_stat_all_tables where relname = 'customer_counts'`,
  );
  return Number(rows[0]?.reads);
}

const list = (from: Caller, search?: string) =>
  from.get('/customers', { query: search === undefined ? { limit: 5 } : { search } });

describe('with a replica', () => {
  test('lists come from it', async () => {
    await caller.post('/customers', smallCustomer());
    const before = await countReplicaReads();
    await eventually(async () => {
      expect((await list(caller)).status).toBe(200);
      expect(await countReplicaReads()).toBeGreaterThan(before);
    });
  });

  test('a list shows every write that was answered before, at either process', async () => {
    for (let round = 0; round < 30; round++) {
      const [writer, reader] = round % 2 === 0 ? [caller, otherCaller] : [otherCaller, caller];
      const { data } = await writer.post('/customers', smallCustomer());
      const found = await list(reader, data.customer.email);
      expect(found.data.customers, `round ${round}`).toEqual([data.customer]);
    }
  });

  test('one that has fallen behind is not read until it has caught up', async () => {
    await replica.sql('countersign', 'select pg_wal_replay_pause()');
    try {
      for (const reader of [caller, otherCaller]) {
        const { data } = await caller.post('/customers', smallCustomer());
        expect((await list(reader, data.customer.email)).data.customers).toEqual([data.customer]);
        expect((await list(reader)).data.pagination.total).toBeGreaterThan(30);
      }
    } finally {
      await replica.sql('countersign', 'select pg_wal_replay_resume()');
    }
  });

  test('a read that it ends, since it is in the way of what is replayed, comes from the primary', async () => {
    await replica.sql('countersign', "alter system set max_standby_streaming_delay = '0'");
    await replica.sql('countersign', 'select pg_reload_conf()');
    const stop = new AbortController();
    const readers = Array.from({ length: 8 }, async () => {
      let reads = 0;
      for (; !stop.signal.aborted; reads++) expect((await list(caller)).status).toBe(200);
      return reads;
    });
    try {
      await eventually(async () => {
        // Replayed, each of these locks ends whatever reads the table there.
        await primary.sql('countersign', 'begin; lock table customers in access exclusive mode; commit;'.repeat(20));
        const [conflicts] = await replica.sql<{ count: string }>(
          'countersign',
          "select confl_lock as count from pg_stat_database_conflicts where datname = 'countersign'",
        );
        expect(Number(conflicts?.count)).toBeGreaterThan(5);
      });
    } finally {
      stop.abort();
    }
    const reads = await Promise.all(readers);
    expect(Math.min(...reads)).toBeGreaterThan(0);
    expect(server.log()).not.toMatch(/the replica does not answer/);
  });

  test('one that is away is said so once, and lists come from the primary until it is back', async () => {
    await replica.stop('immediate');
    for (let round = 0; round < 5; round++) {
      const { data } = await caller.post('/customers', smallCustomer());
      expect((await list(caller, data.customer.email)).data.customers).toEqual([data.customer]);
    }
    await eventually(() => expect(server.log().match(/the replica does not answer/g)).toHaveLength(1));
    await replica.start();
    const before = await countReplicaReads();
    await eventually(async () => {
      expect((await list(caller)).status).toBe(200);
      expect(await countReplicaReads()).toBeGreaterThan(before);
    });
  });
});
