import type { Webhook, WebhookDelivery, WebhookInput, WebhookPatch } from '@countersign/contract';
import { exampleCustomer } from '../../docs/examples.js';

/** A subscription as a caller sends it. */
export const exampleWebhookInput = {
  event: 'customer.created',
  callbackUrl: 'https://crm.example/hooks/customers',
  signingSecret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
} as const satisfies WebhookInput;

/** A new secret; the old one signs beside it for an hour. */
export const exampleSecretPatch = {
  signingSecret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  previousSecretSeconds: 3_600,
} as const satisfies WebhookPatch;

const CREATED_AT = '2026-03-02T08:10:00.118Z';

/** The subscription of {@link exampleWebhookInput} as answered. */
export const exampleWebhook = {
  uuid: '2f6c9d1b-47a5-4e0f-9b83-5d1e7c40a962',
  event: exampleWebhookInput.event,
  callbackUrl: exampleWebhookInput.callbackUrl,
  status: 'active',
  hasSigningSecret: true,
  failingSince: null,
  disabledReason: null,
  createdAt: CREATED_AT,
  updatedAt: CREATED_AT,
} satisfies Webhook;

const DELIVERY = '019cadef-5b3c-7c4d-9e21-8a6f0b7d3c55';

/** A delivery that has just been made. */
export const exampleDelivery = {
  uuid: DELIVERY,
  webhookUuid: exampleWebhook.uuid,
  event: 'customer.created',
  customerUuid: exampleCustomer.uuid,
  version: 1,
  status: 'pending',
  isTest: false,
  createdAt: '2026-03-02T08:15:30.420Z',
  finishedAt: null,
  nextAttemptAt: '2026-03-02T08:15:30.420Z',
  requestBody: JSON.stringify({
    id: DELIVERY,
    event: 'customer.created',
    apiVersion: '1',
    occurredAt: exampleCustomer.createdAt,
    team: { id: 'a3e4f1c2-9b7d-4c58-8e10-6f2d5b9c7a31', name: 'Acme' },
    data: exampleCustomer,
  }),
  attempts: [],
} satisfies WebhookDelivery;

/** The delivery of {@link exampleDelivery} after an attempt that failed and one that did not. */
export const exampleArrivedDelivery = {
  ...exampleDelivery,
  status: 'delivered',
  finishedAt: '2026-03-02T08:15:35.871Z',
  nextAttemptAt: null,
  attempts: [1, 2].map((number) => ({
    number,
    startedAt: number === 1 ? '2026-03-02T08:15:30.431Z' : '2026-03-02T08:15:35.644Z',
    durationMs: number === 1 ? 38 : 214,
    statusCode: number === 1 ? 500 : 204,
    error: null,
    requestHeaders: {
      'Content-Type': 'application/json',
      'X-Webhook-Id': DELIVERY,
      'X-Webhook-Event': 'customer.created',
      'webhook-id': DELIVERY,
      'webhook-timestamp': number === 1 ? '1772439330' : '1772439335',
    },
    answerStart: number === 1 ? 'Internal Server Error' : '',
  })),
} satisfies WebhookDelivery;
