import { DELIVERY_STATUSES, WEBHOOK_LIMITS } from '@countersign/contract';
import { exampleDelivery, exampleWebhook } from './webhook-examples.js';

const webhookUuid = {
  type: 'string',
  format: 'uuid',
  description: 'The subscription, as answered at its creation',
  examples: [exampleWebhook.uuid],
} as const;

/** Path of routes on one subscription: `{uuid}`. */
export const WebhookParamsSchema = {
  type: 'object',
  required: ['uuid'],
  properties: { uuid: webhookUuid },
} as const;

/** Path of routes on one delivery of a subscription: `{uuid}` and `{deliveryUuid}`. */
export const DeliveryParamsSchema = {
  type: 'object',
  required: ['uuid', 'deliveryUuid'],
  properties: {
    uuid: webhookUuid,
    deliveryUuid: {
      type: 'string',
      format: 'uuid',
      description: 'The delivery: its X-Webhook-Id',
      examples: [exampleDelivery.uuid],
    },
  },
} as const;

const limit = (byDefault: number) => ({
  type: 'integer',
  minimum: 1,
  maximum: WEBHOOK_LIMITS.pageSize,
  default: byDefault,
  description: 'Entries to a page',
});

const cursor = { type: 'string', maxLength: 255, description: 'nextCursor of the page before' } as const;

/** Query of a list of subscriptions. */
export const WebhookListQuerySchema = {
  type: 'object',
  properties: { limit: limit(WEBHOOK_LIMITS.pageSize), cursor },
} as const;

/** Query of a list of deliveries. */
export const DeliveryListQuerySchema = {
  type: 'object',
  properties: {
    status: { type: 'string', enum: [...DELIVERY_STATUSES], description: 'Only deliveries in this state' },
    limit: limit(20),
    cursor,
  },
} as const;
