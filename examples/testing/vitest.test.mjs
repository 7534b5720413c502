// Run by: vitest run vitest.test.mjs
import { startCountersign } from '@countersign/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownClient } from './own-client.mjs';

let server;
beforeAll(async () => {
  server = await startCountersign();
}, 60_000);
afterAll(() => server.stop());

test('an order is stored once, also where its answer is lost', async () => {
  const { app, accessToken } = await server.newTeam();
  const client = ownClient({ url: server.url, ...app, accessToken, isCareful: true });
  await server.faults.add({ match: { method: 'POST', path: '/partners/customers' }, do: { cut: 'after-commit' } });
  await client.createOrder(7);
  expect(await client.countCustomers()).toBe(1);
  expect((await server.requests()).filter(({ method }) => method === 'POST')).toHaveLength(2);
});
