import type { Webhook, WebhookDelivery } from '@countersign/contract';
import { expect } from 'vitest';
import type { Caller, CallOptions } from '../harness/caller.js';

/** Settings of a server whose receivers are on this machine, with retries that a test can wait for. */
export const LOCAL_WEBHOOKS = {
  COUNTERSIGN_ALLOW_PRIVATE_CALLBACKS: 'true',
  COUNTERSIGN_WEBHOOK_RETRY_SECONDS: '0.05,0.05,0.05',
} as const;

/** Every kind of event. */
export const EVENTS = ['customer.created', 'customer.updated', 'customer.deleted'] as const;

/** Makes a subscription. */
export async function subscribe(caller: Caller, fields: object): Promise<Webhook> {
  const answer = await caller.post('/webhooks', { event: 'customer.created', ...fields });
  expect(answer.status, answer.text).toBe(201);
  return answer.data.webhook;
}

/** Subscribes one address to every kind of event. */
export async function subscribeToAll(caller: Caller, fields: object): Promise<Webhook[]> {
  const webhooks: Webhook[] = [];
  for (const event of EVENTS) webhooks.push(await subscribe(caller, { event, ...fields }));
  return webhooks;
}

/** A subscription's deliveries, newest first. */
export async function deliveriesOf(
  caller: Caller,
  { uuid }: Webhook,
  query: NonNullable<CallOptions['query']> = {},
): Promise<readonly WebhookDelivery[]> {
  const { data } = await caller.get(`/webhooks/${uuid}/deliveries`, { query: { limit: 100, ...query } });
  return data.deliveries;
}

/** Waits until a subscription's deliveries satisfy a condition, and gives them, newest first. */
export async function untilDeliveries(
  caller: Caller,
  webhook: Webhook,
  isEnough: (deliveries: readonly WebhookDelivery[]) => boolean,
): Promise<readonly WebhookDelivery[]> {
  for (;;) {
    const deliveries = await deliveriesOf(caller, webhook);
    if (isEnough(deliveries)) return deliveries;
  }
}

/** Waits until a subscription is in a state, and gives it. */
export async function untilWebhook(
  caller: Caller,
  { uuid }: Webhook,
  isRight: (webhook: Webhook) => boolean,
): Promise<Webhook> {
  for (;;) {
    const { data } = await caller.get(`/webhooks/${uuid}`);
    if (isRight(data.webhook)) return data.webhook;
  }
}
