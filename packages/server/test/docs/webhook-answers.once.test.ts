import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleSmallCustomerInput } from '../../src/docs/examples.js';
import type { Caller } from '../harness/caller.js';
import { type Receiver, startReceiver } from '../harness/receiver.js';
import { startServer, type TestServer } from '../harness/server.js';
import { LOCAL_WEBHOOKS, subscribe, untilDeliveries } from '../webhooks/webhook-caller.js';
import { type DocumentedOperations, documentedOperations } from './documented-operations.js';

const NOBODY = '00000000-0000-4000-8000-000000000000';

let server: TestServer;
let receiver: Receiver;
let caller: Caller;
let documented: DocumentedOperations;

beforeAll(async () => {
  receiver = await startReceiver();
  server = await startServer({ environment: LOCAL_WEBHOOKS });
  caller = await server.createCaller();
  documented = await documentedOperations(caller);
});
afterAll(async () => {
  await server.stop();
  await receiver.stop();
});

describe('a documented webhook request gets the documented answer, field by field', () => {
  test('createWebhook, getWebhook, listWebhooks, updateWebhook and deleteWebhook', async () => {
    const created = await documented.send('createWebhook');
    expect(created.status).toBe(201);
    documented.expectDocumented('createWebhook', created);
    const path = { uuid: created.data.webhook.uuid };
    documented.expectDocumented('getWebhook', await documented.send('getWebhook', { path }));
    documented.expectDocumented('listWebhooks', await documented.send('listWebhooks'));
    documented.expectDocumented('updateWebhook', await documented.send('updateWebhook', { path }));
    documented.expectDocumented('deleteWebhook', await documented.send('deleteWebhook', { path }));
  });

  test('createWebhook with a field that does not exist', async () => {
    const body = {
      event: 'customer.created',
      callbackUrl: 'https://crm.example/hooks/customers',
      signingSecret: 'a text of some length',
      secret: '1',
    };
    const answer = await documented.send('createWebhook', { body });
    documented.expectDocumented('createWebhook', answer, 'With a field that was not used');
    await caller.delete(`/webhooks/${answer.data.webhook.uuid}`);
  });

  test('testWebhook, redeliver and redeliverAllSinceTime have the documented fields', async () => {
    const webhook = await subscribe(caller, { callbackUrl: receiver.url });
    await caller.post('/customers', exampleSmallCustomerInput);
    const [delivery] = await untilDeliveries(caller, webhook, ([newest]) => newest?.status === 'delivered');
    const path = { uuid: webhook.uuid, deliveryUuid: delivery?.uuid ?? '' };
    for (const operationId of ['testWebhook', 'redeliver']) {
      const { status, data } = await documented.send(operationId, { path });
      expect([status, Object.keys(data.delivery)]).toEqual([202, Object.keys(delivery ?? {})]);
    }
    const all = await documented.send('redeliverAllSinceTime', { path });
    expect([all.status, all.data]).toEqual([202, { count: expect.any(Number) }]);
  });
});

test.each<[string, string, Parameters<DocumentedOperations['send']>[1]]>([
  ['listWebhooks', 'invalid_query', { query: { limit: 0 } }],
  ['createWebhook', 'invalid_json', { body: [] }],
  ['getWebhook', 'invalid_uuid', { path: { uuid: 'x' } }],
  ['getWebhook', 'webhook_not_found', { path: { uuid: NOBODY } }],
  ['updateWebhook', 'webhook_not_found', { path: { uuid: NOBODY } }],
  ['deleteWebhook', 'webhook_not_found', { path: { uuid: NOBODY } }],
  ['testWebhook', 'webhook_not_found', { path: { uuid: NOBODY } }],
  ['redeliverAllSinceTime', 'webhook_not_found', { path: { uuid: NOBODY } }],
  ['redeliverAllSinceTime', 'validation_error', { path: { uuid: NOBODY }, body: { since: 'yesterday' } }],
  ['listDeliveriesOfWebhook', 'invalid_query', { path: { uuid: NOBODY }, query: { status: 'lost' } }],
  ['listDeliveriesOfWebhook', 'webhook_not_found', { path: { uuid: NOBODY } }],
])('%s is refused with %s', async (operationId, code, request) => {
  const answer = await documented.send(operationId, request);
  expect(answer.body.code).toBe(code);
  if (code !== 'invalid_json') documented.expectDocumented(operationId, answer, code);
});
