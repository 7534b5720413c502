import { randomUUID } from 'node:crypto';
import type { WebhookEventName } from '@countersign/contract';
import { exampleCustomer, exampleUpdatedCustomer } from '../../docs/examples.js';
import { successAnswer } from '../../partner-api/write/answer.js';
import { appOfTeam } from '../../partner-api/write/verb-request.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { requireUuid } from '../../validation/uuid.js';
import { webhookStore } from '../subscriptions/webhook-store.js';
import { TELLING } from '../webhook-parts.js';
import { deliveryFrom } from './delivery-answer.js';
import { findDeliveryOf } from './delivery-store.js';
import { insertTestDeliveryOf } from './test-delivery-store.js';

/**
 * Sends an example event, marked with `"test": true`, as any other is sent, `POST …/{uuid}/test`, contract §5; to a paused
 * or disabled subscription too, so that a receiver can be tried out before it is counted on.
 */
export const createTestDelivery = writeVerb({
  name: 'create-test-delivery',
  scopes: TELLING,
  read: (request) => ({ scope: appOfTeam(request), webhookUuid: requireUuid(request.params.uuid) }),
  write: async (tx, { scope, webhookUuid }) => {
    const { teamId } = scope;
    const { event, queue } = await webhookStore(tx, scope).require(webhookUuid);
    const content = exampleContent(event);
    const uuid = await insertTestDeliveryOf(tx, { teamId, webhookUuid, queue, event, ...content });
    const delivery = await findDeliveryOf(tx, { teamId, webhookUuid, uuid });
    if (delivery === undefined) throw new Error('a test delivery was stored and is not found');
    return successAnswer(202, {
      message: 'Test event is sent',
      json: JSON.stringify({ delivery: await deliveryFrom(tx, teamId, delivery) }),
    });
  },
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
