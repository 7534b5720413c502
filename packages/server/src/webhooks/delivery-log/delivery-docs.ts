import {
  DeliveryAnswerSchema,
  DeliveryPageAnswerSchema,
  RedeliverInputSchema,
  RedeliveryAnswerSchema,
} from '@countersign/contract/schemas';
import { describeRoute, type RouteDescription } from '../../docs/describe-route.js';
import { exampleFieldErrors, exampleKeyError, exampleSuccess } from '../../docs/examples.js';
import { exampleArrivedDelivery, exampleDelivery } from '../subscriptions/webhook-examples.js';
import { DeliveryListQuerySchema, DeliveryParamsSchema, WebhookParamsSchema } from '../subscriptions/webhook-params.js';

const common = {
  tag: 'Webhooks',
  scope: ['webhooks:manage', 'customers:read'],
} as const satisfies Partial<RouteDescription>;

/** What the reference tells about the routes on deliveries, contract §5. */
export const deliveryDocs = {
  test: describeRoute({
    ...common,
    summary: 'Test webhook',
    description: [
      'Sends an example event about a customer that does not exist, with `"test": true` in its body, signed and retried',
      'as any other; to a paused or disabled subscription too. What became of it is in the list of deliveries.',
    ].join('\n'),
    params: WebhookParamsSchema,
    success: {
      status: 202,
      description: 'It is on its way',
      schema: DeliveryAnswerSchema,
      examples: {
        'On its way': exampleSuccess('Test event is sent', { delivery: { ...exampleDelivery, isTest: true } }),
      },
    },
    hasIdempotencyKey: true,
    errors: ['invalid_uuid', 'webhook_not_found'],
    errorExamples: exampleKeyError,
  }),

  listDeliveries: describeRoute({
    ...common,
    summary: 'List deliveries of a webhook',
    description: [
      'Newest first, each with the body that is sent and every attempt: its headers, how long it took, and what the',
      'receiver answered. What arrived is kept for 30 days, what was given up for 90, unless set otherwise.',
    ].join('\n'),
    params: WebhookParamsSchema,
    querystring: DeliveryListQuerySchema,
    success: {
      status: 200,
      description: 'A page of deliveries',
      schema: DeliveryPageAnswerSchema,
      examples: {
        'Arrived at the second attempt': exampleSuccess('Deliveries retrieved successfully', {
          deliveries: [exampleArrivedDelivery],
          pagination: { limit: 20, hasMore: false, nextCursor: null },
        }),
      },
    },
    errors: ['invalid_uuid', 'webhook_not_found'],
    errorExamples: {
      invalid_query: {
        errors: [
          { field: 'status', code: 'invalid_value', message: 'status must be one of: pending, delivered, failed.' },
        ],
      },
    },
  }),

  redeliverOne: describeRoute({
    ...common,
    summary: 'Redeliver',
    description: [
      'Sends a delivery again, whatever has become of it, under the same id. It goes at once, or where an earlier version',
      'of its customer is on its way, behind that; with a paused or disabled subscription, once that is active.',
    ].join('\n'),
    params: DeliveryParamsSchema,
    success: {
      status: 202,
      description: 'It is on its way',
      schema: DeliveryAnswerSchema,
      examples: { 'On its way': exampleSuccess('Delivery is sent again', { delivery: exampleDelivery }) },
    },
    hasIdempotencyKey: true,
    errors: ['invalid_uuid', 'webhook_not_found'],
    errorExamples: exampleKeyError,
  }),

  redeliverSince: describeRoute({
    ...common,
    summary: 'Redeliver all since a time',
    description: [
      'For a receiver that was mended: of the events since a time, what was given up is sent again, and what waits for',
      'its next attempt goes now. What has arrived is left alone.',
    ].join('\n'),
    params: WebhookParamsSchema,
    body: RedeliverInputSchema,
    bodyExamples: { 'Since this morning': { since: '2026-03-02T08:00:00.000Z' } },
    success: {
      status: 202,
      description: 'They are on their way',
      schema: RedeliveryAnswerSchema,
      examples: { 'Some were missed': exampleSuccess('17 deliveries are sent again', { count: 17 }) },
    },
    hasIdempotencyKey: true,
    errors: ['validation_error', 'invalid_uuid', 'webhook_not_found'],
    errorExamples: exampleFieldErrors({
      field: 'since',
      code: 'invalid_value',
      message: 'since must be an ISO 8601 time with its zone, such as 2026-01-31T12:00:00Z.',
    }),
  }),
};
