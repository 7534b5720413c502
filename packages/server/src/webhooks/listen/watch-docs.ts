import { WEBHOOK_LIMITS } from '@countersign/contract';
import {
  AcknowledgedAnswerSchema,
  AcknowledgeInputSchema,
  AttemptsAnswerSchema,
  DeletedAnswerSchema,
  HeldEventsAnswerSchema,
  ListenerAnswerSchema,
} from '@countersign/contract/schemas';
import { describeRoute, type RouteDescription } from '../../docs/describe-route.js';
import { exampleFieldErrors, exampleKeyError, exampleSuccess } from '../../docs/examples.js';
import { exampleArrivedDelivery, exampleDelivery, exampleWebhook } from '../subscriptions/webhook-examples.js';

const common = {
  tag: 'Webhooks',
  scope: ['webhooks:manage', 'customers:read'],
} as const satisfies Partial<RouteDescription>;

const LISTENER = '7c5a9e10-3d42-4b6f-a8d1-0e9f4c2b7a63';

const ListenerParamsSchema = {
  type: 'object',
  required: ['uuid'],
  properties: {
    uuid: { type: 'string', format: 'uuid', description: 'The listener', examples: [LISTENER] },
  },
} as const;

const wait = {
  type: 'integer',
  minimum: 1,
  maximum: WEBHOOK_LIMITS.waitSeconds,
  description: 'Seconds to wait for something to happen; answered at once when left out',
} as const;

const badWait = {
  invalid_query: {
    errors: [{ field: 'wait', code: 'invalid_value', message: 'wait must be a whole number from 1 to 25.' }],
  },
};

/** What the reference tells about listening without a public address, and watching. */
export const watchDocs = {
  createListener: describeRoute({
    ...common,
    summary: 'Create listener',
    description: [
      'Begins to collect every event of the team, for a program that has no address to be called at: it fetches them.',
      '`countersign listen` does. A listener that is silent for 90 seconds ends by itself.',
    ].join('\n'),
    success: {
      status: 201,
      description: 'It collects from now on',
      schema: ListenerAnswerSchema,
      examples: { Listener: exampleSuccess('Listener created successfully', { listener: { uuid: LISTENER } }) },
      hasLocation: true,
    },
    hasIdempotencyKey: true,
    errorExamples: exampleKeyError,
  }),

  listEvents: describeRoute({
    ...common,
    summary: 'List events of a listener',
    description: [
      'What waits for a listener, with the body that a delivery has. The same comes again until it is acknowledged.',
      'With `wait`, the answer is held back until there is something, or the time is over.',
    ].join('\n'),
    params: ListenerParamsSchema,
    querystring: { type: 'object', properties: { wait } },
    success: {
      status: 200,
      description: 'Up to 100 events, or as many as are about 1 MiB',
      schema: HeldEventsAnswerSchema,
      examples: {
        'One event': exampleSuccess('Events retrieved successfully', {
          events: [{ id: exampleDelivery.uuid, event: exampleDelivery.event, body: exampleDelivery.requestBody }],
        }),
      },
    },
    errors: ['invalid_uuid', 'webhook_not_found'],
    errorExamples: badWait,
  }),

  acknowledge: describeRoute({
    ...common,
    summary: 'Acknowledge events of a listener',
    description: 'Says which events were had, so that they do not come again, and that the listener is still there.',
    params: ListenerParamsSchema,
    body: AcknowledgeInputSchema,
    bodyExamples: { 'One event': { events: [exampleDelivery.uuid] }, 'Still there': { events: [] } },
    success: {
      status: 200,
      description: 'They are dropped',
      schema: AcknowledgedAnswerSchema,
      examples: { Acknowledged: exampleSuccess('Events acknowledged', { count: 1 }) },
    },
    hasIdempotencyKey: true,
    errors: ['validation_error', 'invalid_uuid', 'webhook_not_found'],
    errorExamples: exampleFieldErrors({
      field: 'events',
      code: 'invalid_type',
      message: 'events must be an array of UUIDs.',
    }),
  }),

  deleteListener: describeRoute({
    ...common,
    summary: 'Delete listener',
    description: 'Ends a listener; nothing of it stays.',
    params: ListenerParamsSchema,
    success: {
      status: 200,
      description: 'It is gone',
      schema: DeletedAnswerSchema,
      examples: {
        Deleted: exampleSuccess('Listener deleted successfully', { uuid: LISTENER, id: LISTENER, deleted: true }),
      },
    },
    hasIdempotencyKey: true,
    errors: ['invalid_uuid', 'webhook_not_found'],
    errorExamples: exampleKeyError,
  }),

  watchAttempts: describeRoute({
    ...common,
    scope: 'webhooks:manage',
    summary: 'Watch attempts',
    description: [
      "Attempts of all of this app's subscriptions as they end, oldest first; `countersign webhooks tail` shows them.",
      'Without a cursor it begins now: take `nextCursor` to the next look. With `wait`, the answer is held back until',
      'there is something, or the time is over.',
    ].join('\n'),
    querystring: {
      type: 'object',
      properties: {
        cursor: { type: 'string', maxLength: 255, description: 'nextCursor of the last look' },
        wait,
      },
    },
    success: {
      status: 200,
      description: 'Up to 200 attempts',
      schema: AttemptsAnswerSchema,
      examples: {
        'One attempt': exampleSuccess('Attempts retrieved successfully', {
          attempts: [
            {
              settledAt: exampleArrivedDelivery.finishedAt,
              deliveryUuid: exampleDelivery.uuid,
              webhookUuid: exampleWebhook.uuid,
              callbackUrl: exampleWebhook.callbackUrl,
              event: exampleDelivery.event,
              customerUuid: exampleDelivery.customerUuid,
              version: 1,
              isTest: false,
              number: 2,
              durationMs: 214,
              statusCode: 204,
              error: null,
              status: 'delivered',
            },
          ],
          nextCursor: `1772439335871.${exampleDelivery.uuid}.2`,
        }),
      },
    },
    errorExamples: badWait,
  }),
};
