import { PartnerError } from '@countersign/contract';
import { successAnswer } from '../../partner-api/write/answer.js';
import { appOfTeam } from '../../partner-api/write/verb-request.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { requireUuid } from '../../validation/uuid.js';
import { lockTeamQueues, orderQueue } from '../delivery/delivery-queue-store.js';
import { webhookStore } from '../subscriptions/webhook-store.js';
import { TELLING } from '../webhook-parts.js';
import { deliveryFrom } from './delivery-answer.js';
import { type DeliveryKey, findDeliveryOf, sendDeliveryAgain } from './delivery-store.js';

/**
 * Sends a delivery again, whatever has become of it, `POST …/deliveries/{deliveryUuid}/redeliver`, contract §5: at once, or
 * when its subscription is active again.
 */
export const redeliverOne = writeVerb({
  name: 'redeliver-one',
  scopes: TELLING,
  read: (request) => ({
    scope: appOfTeam(request),
    webhookUuid: requireUuid(request.params.uuid),
    deliveryUuid: requireUuid(request.params.deliveryUuid),
  }),
  write: async (tx, { scope, webhookUuid, deliveryUuid }) => {
    const { teamId } = scope;
    await lockTeamQueues(tx, teamId);
    await webhookStore(tx, scope).require(webhookUuid);
    const key: DeliveryKey = { teamId, webhookUuid, uuid: deliveryUuid };
    const delivery = await findDeliveryOf(tx, key);
    if (delivery === undefined) throw new PartnerError('webhook_not_found', 'Delivery not found');
    await sendDeliveryAgain(tx, key);
    const sent = (await findDeliveryOf(tx, key)) ?? delivery;
    for (const queue of new Set([delivery.queue, sent.queue])) {
      await orderQueue(tx, { teamId, queue, customerUuid: delivery.customerUuid });
    }
    return successAnswer(202, {
      message: 'Delivery is sent again',
      json: JSON.stringify({ delivery: await deliveryFrom(tx, teamId, sent) }),
    });
  },
});
