import type { FastifyInstance } from 'fastify';
import { verbHandlers } from '../partner-api/write/verb-handlers.js';
import { createTestDelivery } from './delivery-log/create-test-delivery.js';
import { deliveryDocs } from './delivery-log/delivery-docs.js';
import { listDeliveries } from './delivery-log/list-deliveries.js';
import { redeliverOne } from './delivery-log/redeliver-one.js';
import { redeliverSince } from './delivery-log/redeliver-since.js';
import { createWebhook } from './subscriptions/create-webhook.js';
import { deleteWebhook } from './subscriptions/delete-webhook.js';
import { getWebhook } from './subscriptions/get-webhook.js';
import { listWebhooks } from './subscriptions/list-webhooks.js';
import { updateWebhook } from './subscriptions/update-webhook.js';
import { webhookDocs } from './subscriptions/webhook-docs.js';
import type { WebhookParts } from './webhook-parts.js';

/** The webhook routes, contract §5. Mounted behind authentication. */
export function webhookRoutes(app: FastifyInstance, parts: WebhookParts): void {
  const { read, write } = verbHandlers(parts);

  app.get('', { schema: webhookDocs.list }, read(listWebhooks));
  app.get('/:uuid', { schema: webhookDocs.get }, read(getWebhook));
  app.post('', { schema: webhookDocs.create }, write(createWebhook));
  app.patch('/:uuid', { schema: webhookDocs.update }, write(updateWebhook));
  app.delete('/:uuid', { schema: webhookDocs.delete }, write(deleteWebhook));

  const deliveriesPage = { schema: deliveryDocs.listDeliveries, config: { isPage: true } };
  app.get('/:uuid/deliveries', deliveriesPage, read(listDeliveries));
  app.post('/:uuid/test', { schema: deliveryDocs.test }, write(createTestDelivery));
  app.post('/:uuid/deliveries/:deliveryUuid/redeliver', { schema: deliveryDocs.redeliverOne }, write(redeliverOne));
  app.post('/:uuid/redeliver', { schema: deliveryDocs.redeliverSince }, write(redeliverSince));
}
