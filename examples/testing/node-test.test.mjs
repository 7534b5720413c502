// Run by: node --test node-test.test.mjs
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCountersign } from '@countersign/testing';
import { ownClient } from './own-client.mjs';

let server;
before(async () => {
  server = await startCountersign();
});
after(() => server.stop());

for (const [isCareful, expected] of [
  [false, 2],
  [true, 1],
]) {
  test(`a lost answer makes ${expected} of one order where the client is ${isCareful ? 'careful' : 'careless'}`, async () => {
    const { app, accessToken } = await server.newTeam();
    const client = ownClient({ url: server.url, ...app, accessToken, isCareful });
    await server.faults.add({ match: { method: 'POST', path: '/partners/customers' }, do: { cut: 'after-commit' } });
    await client.createOrder(7);
    assert.equal(await client.countCustomers(), expected);
  });
}
