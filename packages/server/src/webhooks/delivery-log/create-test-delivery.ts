import { randomUUID } from 'node:crypto';
import type { WebhookEventName } from '@countersign/contract';
import { exampleCustomer, exampleUpdatedCustomer } from '../../docs/examples.js';
import { successAnswer } from '../../partner-api/write/answer.js';
import { partnerCommand } from '../../partner-api/write/partner-command.js';
import { type WebhookScope, webhookStore } from '../subscriptions/webhook-store.js';
import { deliveryFrom } from './delivery-answer.js';
import { findDeliveryOf } from './delivery-store.js';
import { insertTestDeliveryOf } from './test-delivery-store.js';

/** A subscription to try out. */
export interface CreateTestDelivery extends WebhookScope {
  readonly webhookUuid: string;
}

/**
 * Sends an example event, marked with `"test": true`, as any other is sent, `POST …/{uuid}/test`, contract §5; to a paused
 * or disabled subscription too, so that a receiver can be tried out before it is counted on.
 */
export const createTestDelivery = partnerCommand<CreateTestDelivery>('create-test-delivery', async (tx, request) => {
  const { teamId, webhookUuid } = request;
  const { event, queue } = await webhookStore(tx, request).get(webhookUuid);
  const content = exampleContent(event);
  const uuid = await insertTestDeliveryOf(tx, { teamId, webhookUuid, queue, event, ...content });
  const delivery = await findDeliveryOf(tx, { teamId, webhookUuid, uuid });
  if (delivery === undefined) throw new Error('a test delivery was stored and is not found');
  return successAnswer(202, {
    message: 'Test event is sent',
    json: JSON.stringify({ delivery: await deliveryFrom(tx, teamId, delivery) }),
  });
});

function exampleContent(event: WebhookEventName) {
  const customerUuid = randomUUID();
  const named = { uuid: customerUuid, id: customerUuid };
  const { mainPhone, website, updatedAt, version } = exampleCustomer;
  switch (event) {
    case 'customer.created':
      return { customerUuid, version, data: JSON.stringify({ ...exampleCustomer, ...named }), previousData: null };
    case 'customer.updated':
      return {
        customerUuid,
        version: exampleUpdatedCustomer.version,
        data: JSON.stringify({ ...exampleUpdatedCustomer, ...named }),
        previousData: JSON.stringify({ mainPhone, website, updatedAt, version }),
      };
    case 'customer.deleted':
      return { customerUuid, version: 2, data: JSON.stringify({ id: customerUuid }), previousData: null };
  }
}
