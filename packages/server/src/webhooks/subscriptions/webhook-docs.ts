import {
  DeletedAnswerSchema,
  WebhookAnswerSchema,
  WebhookInputSchema,
  WebhookPageAnswerSchema,
  WebhookPatchSchema,
} from '@countersign/contract/schemas';
import { describeRoute, type RouteDescription } from '../../docs/describe-route.js';
import { exampleFieldErrors, exampleKeyError, exampleSuccess } from '../../docs/examples.js';
import { exampleSecretPatch, exampleWebhook, exampleWebhookInput } from './webhook-examples.js';
import { WebhookListQuerySchema, WebhookParamsSchema } from './webhook-params.js';

const common = { tag: 'Webhooks', scope: 'webhooks:manage' } as const satisfies Partial<RouteDescription>;
/** What a token must allow to have customers sent. */
const telling = {
  ...common,
  scope: ['webhooks:manage', 'customers:read'],
} as const satisfies Partial<RouteDescription>;

const insecureAddress = exampleFieldErrors({
  field: 'callbackUrl',
  code: 'invalid_url',
  message: 'callbackUrl must begin with https://.',
});

const secretRules =
  'A `signingSecret` signs every delivery: `X-Webhook-Signature` with the text itself as key, `webhook-signature` as the ' +
  'Standard Webhooks specification has it. It is never answered; `hasSigningSecret` says whether there is one.';

/** What the reference tells about the routes on subscriptions, contract §5. */
export const webhookDocs = {
  list: describeRoute({
    ...common,
    summary: 'List webhooks',
    description: 'The subscriptions that this app has for the team, oldest first.',
    querystring: WebhookListQuerySchema,
    success: {
      status: 200,
      description: 'A page of subscriptions',
      schema: WebhookPageAnswerSchema,
      examples: {
        'One webhook': exampleSuccess('Webhooks retrieved successfully', {
          webhooks: [exampleWebhook],
          pagination: { limit: 100, hasMore: false, nextCursor: null },
        }),
      },
    },
    errorExamples: {
      invalid_query: {
        errors: [{ field: 'limit', code: 'invalid_value', message: 'limit must be a whole number from 1 to 100.' }],
      },
    },
  }),

  create: describeRoute({
    ...telling,
    summary: 'Create webhook',
    description: [
      'Subscribes an address to one kind of event of the team: each change from now on is posted there at least once,',
      'the changes of one customer in their order. An app that mirrors customers makes three, one for each event, to the',
      'same address.',
      '',
      'The address is https on a public network; its host is looked up when it is saved, and again at every delivery.',
      '',
      secretRules,
    ].join('\n'),
    body: WebhookInputSchema,
    bodyExamples: { Signed: exampleWebhookInput },
    success: {
      status: 201,
      description: 'The subscription as stored',
      schema: WebhookAnswerSchema,
      examples: {
        Created: exampleSuccess('Webhook created successfully', { webhook: exampleWebhook }),
        'With a field that was not used': exampleSuccess('Webhook created successfully', {
          webhook: exampleWebhook,
          _partnerWarnings: [
            {
              field: 'secret',
              reason: 'unknown_field',
              message: 'secret is not a field of this object and was ignored.',
            },
          ],
        }),
      },
      hasLocation: true,
    },
    hasIdempotencyKey: true,
    errors: ['validation_error'],
    errorExamples: insecureAddress,
  }),

  get: describeRoute({
    ...common,
    summary: 'Get webhook',
    description: 'One subscription of this app for the team; never its secret, only whether it has one.',
    params: WebhookParamsSchema,
    success: {
      status: 200,
      description: 'The subscription',
      schema: WebhookAnswerSchema,
      examples: { Webhook: exampleSuccess('Webhook retrieved successfully', { webhook: exampleWebhook }) },
    },
    errors: ['invalid_uuid', 'webhook_not_found'],
  }),

  update: describeRoute({
    ...telling,
    summary: 'Update webhook',
    description: [
      'Changes the fields that are given. `paused` keeps events and sends them once it is `active` again; `disabled`',
      'collects none, and gives up what has not arrived. `active` after `disabled` begins anew from now; what was missed',
      'in between was not kept.',
      '',
      'A new `signingSecret` signs at once, and in `webhook-signature` the old one signs beside it for a day, or for',
      '`previousSecretSeconds`: receivers can change over without missing one. `previousSecretSeconds: 0` alone ends the',
      'old one now. `null` takes the secrets away.',
    ].join('\n'),
    params: WebhookParamsSchema,
    body: WebhookPatchSchema,
    bodyExamples: { Pause: { status: 'paused' }, 'Another secret': exampleSecretPatch },
    success: {
      status: 200,
      description: 'The subscription after the change',
      schema: WebhookAnswerSchema,
      examples: {
        Paused: exampleSuccess('Webhook updated successfully', { webhook: { ...exampleWebhook, status: 'paused' } }),
      },
    },
    hasIdempotencyKey: true,
    errors: ['validation_error', 'invalid_uuid', 'webhook_not_found'],
    errorExamples: insecureAddress,
  }),

  delete: describeRoute({
    ...common,
    summary: 'Delete webhook',
    description: 'Ends a subscription for good, with everything that has not arrived.',
    params: WebhookParamsSchema,
    success: {
      status: 200,
      description: 'The subscription is gone',
      schema: DeletedAnswerSchema,
      examples: {
        Deleted: exampleSuccess('Webhook deleted successfully', {
          uuid: exampleWebhook.uuid,
          id: exampleWebhook.uuid,
          deleted: true,
        }),
      },
    },
    hasIdempotencyKey: true,
    errors: ['invalid_uuid', 'webhook_not_found'],
    errorExamples: exampleKeyError,
  }),
};
