import { type Static, Type } from 'typebox';
import { CursorPaginationSchema, PartnerWarningSchema, successEnvelope } from './envelope.js';
import {
  LISTENER_EVENTS,
  WEBHOOK_EVENTS,
  WEBHOOK_LIMITS,
  WEBHOOK_STATUSES,
  type WebhookEventName,
  type WebhookStatus,
} from './webhook-limits.js';

const event = Type.Unsafe<WebhookEventName>({
  type: 'string',
  enum: [...WEBHOOK_EVENTS],
  description: 'What it is told of; a subscription has one event',
  examples: ['customer.created'],
});
const callbackUrl = Type.String({
  maxLength: WEBHOOK_LIMITS.callbackUrl,
  description: 'Where events are posted to: https, on a public address',
  examples: ['https://crm.example/hooks/customers'],
});
const status = Type.Unsafe<WebhookStatus>({
  type: 'string',
  enum: [...WEBHOOK_STATUSES],
  description: '`active` sends; `paused` keeps events for later; `disabled` collects none',
  examples: ['active'],
});
const signingSecret = Type.Optional(
  Type.Unsafe<string | null>({
    type: ['string', 'null'],
    maxLength: WEBHOOK_LIMITS.secretMax,
    description:
      'Signs deliveries: a text of 16 to 255 characters; `whsec_` and base64 for Standard Webhooks. Never answered',
    examples: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'],
  }),
);

/** Body of `POST /partners/webhooks`, contract §5. */
export const WebhookInputSchema = Type.Object({
  event,
  callbackUrl,
  status: Type.Optional(status),
  signingSecret,
});

/** A subscription to make, as sent. */
export type WebhookInput = Static<typeof WebhookInputSchema>;

/** Body of `PATCH /partners/webhooks/{uuid}`: only what is given changes, contract §5. */
export const WebhookPatchSchema = Type.Object({
  event: Type.Optional(event),
  callbackUrl: Type.Optional(callbackUrl),
  status: Type.Optional(status),
  signingSecret,
  previousSecretSeconds: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: WEBHOOK_LIMITS.previousSecretSeconds,
      description: 'For how long the secret that is replaced signs beside the new one; 86400 (a day) when left out',
      examples: [86_400],
    }),
  ),
});

/** A partial update of a subscription, as sent. */
export type WebhookPatch = Static<typeof WebhookPatchSchema>;

/** Body of `POST /partners/webhooks/listeners/{uuid}/acknowledge`. */
export const AcknowledgeInputSchema = Type.Object({
  events: Type.Array(Type.String({ format: 'uuid' }), {
    maxItems: LISTENER_EVENTS,
    description: 'Ids of the events that were had; none to say only that the listener is there',
  }),
});

/** Body of `POST /partners/webhooks/{uuid}/redeliver`. */
export const RedeliverInputSchema = Type.Object({
  since: Type.String({
    format: 'date-time',
    description: 'Everything from then on that has not arrived is sent again (ISO 8601)',
    examples: ['2026-03-02T08:00:00Z'],
  }),
});

const time = (description: string) => Type.String({ format: 'date-time', description });
const timeOrNull = (description: string) => Type.Union([time(description), Type.Null()]);
const textOrNull = (description: string) => Type.Union([Type.String({ description }), Type.Null()]);
const uuid = (description: string) => Type.String({ format: 'uuid', description });

/** Subscription in an answer, contract §5. */
export const WebhookSchema = Type.Object({
  uuid: uuid('Made by the server'),
  event: Type.Union([
    Type.Literal('customer.created'),
    Type.Literal('customer.updated'),
    Type.Literal('customer.deleted'),
  ]),
  callbackUrl: Type.String(),
  status: Type.Union([Type.Literal('active'), Type.Literal('paused'), Type.Literal('disabled')]),
  hasSigningSecret: Type.Boolean(),
  failingSince: timeOrNull('Since when no attempt has succeeded; null when the last one has'),
  disabledReason: textOrNull('Why the server disabled it, in words; null when it did not'),
  createdAt: time('When it was made'),
  updatedAt: time('When it was last changed'),
});

/** Subscription as answered. */
export type Webhook = Static<typeof WebhookSchema>;

/** One attempt to deliver, in an answer. */
export const DeliveryAttemptSchema = Type.Object({
  number: Type.Integer({ description: '1 for the first' }),
  startedAt: time('When it was begun'),
  durationMs: Type.Integer({ description: 'Until the answer, or until it was given up' }),
  statusCode: Type.Union([Type.Integer({ description: 'HTTP status of the answer' }), Type.Null()]),
  error: textOrNull('Why there was no answer, in words'),
  requestHeaders: Type.Record(Type.String(), Type.String()),
  answerStart: textOrNull("The first part of the answer's body"),
});

/** One attempt to deliver, as answered. */
export type DeliveryAttempt = Static<typeof DeliveryAttemptSchema>;

/** One event on its way to one subscription, in an answer. */
export const WebhookDeliverySchema = Type.Object({
  uuid: uuid('The X-Webhook-Id and webhook-id of all its attempts'),
  webhookUuid: uuid('The subscription'),
  event: Type.String(),
  customerUuid: uuid('The customer; for a test, one that does not exist'),
  version: Type.Integer({ description: "The customer's version" }),
  status: Type.Union([Type.Literal('pending'), Type.Literal('delivered'), Type.Literal('failed')]),
  isTest: Type.Boolean(),
  createdAt: time('When it was made of the event'),
  finishedAt: timeOrNull('When it arrived or was given up'),
  nextAttemptAt: timeOrNull('When it is sent next; null when it waits for an earlier one, or for nothing'),
  requestBody: Type.String({ description: 'The exact body of all its attempts' }),
  attempts: Type.Array(DeliveryAttemptSchema, { description: 'Oldest first' }),
});

/** One event on its way to one subscription, as answered. */
export type WebhookDelivery = Static<typeof WebhookDeliverySchema>;

const _partnerWarnings = Type.Optional(
  Type.Array(PartnerWarningSchema, { description: 'Fields that were given and not used; absent when there are none' }),
);

/** Answer with one subscription, contract §5. */
export const WebhookAnswerSchema = successEnvelope(Type.Object({ webhook: WebhookSchema, _partnerWarnings }));

/** Answer with a page of subscriptions, contract §5. */
export const WebhookPageAnswerSchema = successEnvelope(
  Type.Object({ webhooks: Type.Array(WebhookSchema), pagination: CursorPaginationSchema }),
);

/** Answer with one delivery, contract §5. */
export const DeliveryAnswerSchema = successEnvelope(Type.Object({ delivery: WebhookDeliverySchema }));

/** Answer with a page of deliveries, contract §5. */
export const DeliveryPageAnswerSchema = successEnvelope(
  Type.Object({ deliveries: Type.Array(WebhookDeliverySchema), pagination: CursorPaginationSchema }),
);

/** Answer of a redelivery of everything since a time. */
export const RedeliveryAnswerSchema = successEnvelope(
  Type.Object({ count: Type.Integer({ description: 'Deliveries that are sent again' }), _partnerWarnings }),
);

/** Answer with a listener that was made. */
export const ListenerAnswerSchema = successEnvelope(
  Type.Object({ listener: Type.Object({ uuid: uuid('Made by the server') }) }),
);

/** Answer with what waits for a listener. */
export const HeldEventsAnswerSchema = successEnvelope(
  Type.Object({
    events: Type.Array(
      Type.Object({
        id: uuid('The delivery: X-Webhook-Id and webhook-id'),
        event: Type.String(),
        body: Type.String({ description: 'The exact body of a delivery' }),
      }),
      { description: 'Earlier versions of a customer before later ones' },
    ),
  }),
);

/** Answer with how many events were acknowledged. */
export const AcknowledgedAnswerSchema = successEnvelope(Type.Object({ count: Type.Integer() }));

/** One attempt of any subscription, for whoever watches. */
export const WatchedAttemptSchema = Type.Object({
  settledAt: time('When what became of it was written down'),
  deliveryUuid: uuid('The delivery'),
  webhookUuid: uuid('The subscription'),
  callbackUrl: Type.String(),
  event: Type.String(),
  customerUuid: uuid('The customer'),
  version: Type.Integer(),
  isTest: Type.Boolean(),
  number: Type.Integer({ description: '1 for the first attempt' }),
  durationMs: Type.Integer(),
  statusCode: Type.Union([Type.Integer(), Type.Null()]),
  error: textOrNull('Why there was no answer, in words'),
  status: Type.String({ description: 'What has become of the delivery by now' }),
});

/** Answer with attempts that were made since the last look. */
export const AttemptsAnswerSchema = successEnvelope(
  Type.Object({
    attempts: Type.Array(WatchedAttemptSchema, { description: 'Oldest first' }),
    nextCursor: Type.String({ description: 'For the next look' }),
  }),
);
