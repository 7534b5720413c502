import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueText } from '../harness/customers.js';
import { type PrivatePostgres, startPrivatePostgres } from '../harness/private-postgres.js';
import { startServer, type TestServer } from '../harness/server.js';
import { type CommitProxy, type Cut, startCommitProxy } from './commit-proxy.js';

let postgres: PrivatePostgres;
let proxy: CommitProxy;
let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  postgres = await startPrivatePostgres();
  await postgres.createDatabase('countersign');
  proxy = await startCommitProxy(postgres.port);
  const url = `postgres://postgres@127.0.0.1:${proxy.port}/countersign`;
  server = await startServer({ environment: { COUNTERSIGN_DATABASE_URL: url } });
  caller = await server.createCaller();
  // The first use of a token is noted in a transaction of its own.
  expect((await caller.get('/customers')).status).toBe(200);
});
afterAll(async () => {
  await server.stop();
  await proxy.close();
  await postgres.remove();
});

/** How many customers of an email there are, deleted or not. */
async function countRows(email: string): Promise<number> {
  const rows = await postgres.sql<{ count: string }>(
    'countersign',
    `select count(*) from customers where email_key = '${email}'`,
  );
  return Number(rows[0]?.count);
}

describe.each<[Cut, number]>([
  ['before-commit', 0],
  ['after-commit', 1],
])('a connection that is cut %s', (cut, stored) => {
  test('is told as an open outcome, and the same key then has one effect', async () => {
    for (let round = 0; round < 5; round++) {
      const customer = smallCustomer();
      const headers = { 'idempotency-key': uniqueText('key-') };
      const cutsBefore = proxy.cuts;
      proxy.cutNext(cut, customer.email);
      const first = await caller.post('/customers', customer, { headers });
      expect(proxy.cuts).toBe(cutsBefore + 1);
      expect([first.status, first.body.code]).toEqual([503, 'unavailable']);
      expect(first.body.message).toContain('may have been stored');
      expect(first.headers.get('retry-after')).toBe('1');
      expect(await countRows(customer.email)).toBe(stored);
      const again = await caller.post('/customers', customer, { headers });
      expect(again.status).toBe(201);
      expect(again.headers.get('idempotency-replayed')).toBe(stored === 1 ? 'true' : null);
      expect(await countRows(customer.email)).toBe(1);
    }
  });

  test('leaves an update whole or undone, never told wrongly', async () => {
    const { data } = await caller.post('/customers', smallCustomer());
    const { uuid } = data.customer;
    const headers = { 'if-match': '"1"' };
    const notes = uniqueText('changed ');
    proxy.cutNext(cut, notes);
    const update = await caller.patch(`/customers/${uuid}`, { notes }, { headers });
    expect(update.status).toBe(503);
    const now = await caller.get(`/customers/${uuid}`);
    expect([now.data.customer.notes, now.data.customer.version]).toEqual(stored === 1 ? [notes, 2] : [null, 1]);
  });
});
