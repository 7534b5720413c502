import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import { eventually } from '../harness/eventually.js';
import { isMissing } from '../harness/is-missing.js';
import { type PrivatePgBouncer, startPrivatePgBouncer } from '../harness/private-pgbouncer.js';
import { type PrivatePostgres, startPrivatePostgres } from '../harness/private-postgres.js';
import { startServer, type TestServer } from '../harness/server.js';

let postgres: PrivatePostgres;
let pooler: PrivatePgBouncer;
let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  postgres = await startPrivatePostgres();
  await postgres.createDatabase('countersign');
  pooler = await startPrivatePgBouncer(postgres.port);
  const url = `postgres://postgres@127.0.0.1:${pooler.port}/countersign`;
  server = await startServer({ environment: { COUNTERSIGN_DATABASE_URL: url } });
  caller = await server.createCaller();
});
afterAll(async () => {
  await server.stop();
  await pooler.stop();
  await postgres.remove();
});

describe.skipIf(isMissing('pgbouncer'))('behind PgBouncer with a connection for each transaction', () => {
  test('writes and reads of many clients at once all succeed', async () => {
    const clients = Array.from({ length: 24 }, async () => {
      for (let round = 0; round < 10; round++) {
        const headers = round % 2 === 0 ? {} : { 'idempotency-key': uniqueText('key-') };
        const created = await caller.post('/customers', smallCustomer(), { headers });
        expect(created.status).toBe(201);
        const { uuid, email } = created.data.customer;
        const updated = await caller.patch(`/customers/${uuid}`, { notes: uniqueText() });
        expect(updated.status).toBe(200);
        const [found, listed] = await Promise.all([
          caller.get('/customers/find-by-email', { query: { email } }),
          caller.get('/customers', { query: { search: email } }),
        ]);
        expect(found.data.customer).toEqual(updated.data.customer);
        expect(listed.data.customers).toEqual([updated.data.customer]);
      }
    });
    await Promise.all(clients);
  });

  test('a refused row of a bulk call undoes only itself', async () => {
    const taken = uniqueEmail();
    const customers = [smallCustomer({ email: taken }), smallCustomer({ email: taken }), smallCustomer()];
    const { data } = await caller.post('/customers/bulk', { customers });
    expect(data.results.map(({ success }) => success)).toEqual([true, false, true]);
  });

  test('a transaction that waits too long for a lock is ended, and told as a time-out', async () => {
    const { data } = await caller.post('/customers', smallCustomer());
    const { uuid } = data.customer;
    const holding = postgres.sql(
      'countersign',
      `begin; select 1 from customers where uuid = '${uuid}' for update; select pg_sleep(7); commit`,
    );
    await eventually(async () => expect(await countLocked(uuid)).toBe(0));
    const answer = await caller.patch(`/customers/${uuid}`, { notes: 'late' });
    expect([answer.status, answer.body.code]).toEqual([503, 'unavailable']);
    await holding;
    expect((await caller.patch(`/customers/${uuid}`, { notes: 'again' })).status).toBe(200);
  });
});

/** How many rows of a customer can be had without waiting: none while somebody holds it. */
async function countLocked(uuid: string): Promise<number> {
  const rows = await postgres.sql<{ uuid: string }>(
    'countersign',
    `select uuid from customers where uuid = '${uuid}' for update skip locked`,
  );
  return rows.length;
}
