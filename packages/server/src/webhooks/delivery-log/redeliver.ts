import { PartnerError, type PartnerWarning } from '@countersign/contract';
import { successAnswer } from '../../partner-api/write/answer.js';
import { partnerCommand } from '../../partner-api/write/partner-command.js';
import { warningsJson } from '../../partner-api/write/warnings-json.js';
import { lockTeamQueues, orderQueue, orderWholeQueue } from '../delivery/delivery-queue-store.js';
import { type WebhookScope, webhookStore } from '../subscriptions/webhook-store.js';
import { deliveryFrom } from './delivery-answer.js';
import { type DeliveryKey, findDeliveryOf, sendDeliveryAgain, sendMissedAgain } from './delivery-store.js';

/** One delivery to send again. */
export interface RedeliverOne extends WebhookScope {
  readonly webhookUuid: string;
  readonly deliveryUuid: string;
}

/**
 * Sends a delivery again, whatever has become of it, `POST …/deliveries/{deliveryUuid}/redeliver`, contract §5: at once, or
 * when its subscription is active again.
 */
export const redeliverOne = partnerCommand<RedeliverOne>('redeliver-one', async (tx, request) => {
  const { teamId, webhookUuid, deliveryUuid } = request;
  await lockTeamQueues(tx, teamId);
  await webhookStore(tx, request).get(webhookUuid);
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
});

/** Everything to send again that has not arrived since a time. */
export interface RedeliverSince extends WebhookScope {
  readonly webhookUuid: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly warnings: readonly PartnerWarning[];
}

/** Sends again what was given up since a time, and at once what was put off, `POST …/{uuid}/redeliver`. */
export const redeliverSince = partnerCommand<RedeliverSince>('redeliver-since', async (tx, request) => {
  const { teamId, webhookUuid, since, warnings } = request;
  await lockTeamQueues(tx, teamId);
  const { queue } = await webhookStore(tx, request).get(webhookUuid);
  const count = await sendMissedAgain(tx, { teamId, webhookUuid, since });
  await orderWholeQueue(tx, { teamId, queue });
  return successAnswer(202, {
    message: count === 1 ? '1 delivery is sent again' : `${count} deliveries are sent again`,
    json: `{"count":${count}${warningsJson(warnings)}}`,
  });
});
