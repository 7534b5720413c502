import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { uniqueEmail } from '../harness/customers.js';
import { type Receiver, startReceiver, withStatus } from '../harness/receiver.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;
let receiver: Receiver;
let caller: Caller;

beforeAll(async () => {
  server = await startServer({ environment: { COUNTERSIGN_ALLOW_PRIVATE_CALLBACKS: 'true' } });
  receiver = await startReceiver();
  caller = await server.createCaller();
});
afterAll(async () => {
  await server.stop();
  await receiver.stop();
});

test('a create arrives', async () => {
  const made = await caller.post('/webhooks', { event: 'customer.created', callbackUrl: `${receiver.url}/a` });
  expect(made.status, made.text).toBe(201);
  const created = await caller.post('/customers', { customer: 'Acme', email: uniqueEmail() });
  await receiver.until((arrivals) => arrivals.length > 0);
  console.log(receiver.arrivals[0]);
  const t = await caller.post(`/webhooks/${made.data.webhook.uuid}/test`, undefined);
  console.log(t.text);
  await receiver.until((arrivals) => arrivals.length > 1);
  const list = await caller.get(`/webhooks/${made.data.webhook.uuid}/deliveries`);
  console.log(list.text);
  console.log(server.log());
});
