import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer({ environment: { COUNTERSIGN_DATABASE_CONNECTIONS: '3' } });
  caller = await server.createCaller();
});
afterAll(() => server.stop());

test('with as few connections as may be set, lookups, lists and every kind of write are answered', async () => {
  const customers = await Promise.all(
    Array.from({ length: 24 }, async () => (await caller.post('/customers', smallCustomer())).data.customer),
  );
  const answers = await Promise.all(
    customers.flatMap(({ uuid }) => [
      caller.get(`/customers/${uuid}`),
      caller.get('/customers', { query: { limit: 5 } }),
      caller.patch(`/customers/${uuid}`, { notes: 'one of many at once' }),
    ]),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
});
