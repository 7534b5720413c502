import { appendAudit, type Origin } from '../../audit/audit-store.js';
import { successAnswer } from '../../partner-api/write/answer.js';
import { partnerCommand } from '../../partner-api/write/partner-command.js';
import { giveUpDeliveries, lockTeamQueues, orderWholeQueue } from '../delivery/delivery-queue-store.js';
import { type WebhookScope, webhookStore } from './webhook-store.js';

/** A subscription to end. */
export interface DeleteWebhook extends WebhookScope {
  readonly uuid: string;
  readonly origin: Origin;
}

/** Ends a subscription with all its deliveries, `DELETE /partners/webhooks/{uuid}`, contract §5. */
export const deleteWebhook = partnerCommand<DeleteWebhook>(
  'delete-webhook',
  async (tx, { teamId, appId, uuid, origin }) => {
    const store = webhookStore(tx, { teamId, appId });
    await lockTeamQueues(tx, teamId);
    const { queue } = await store.get(uuid);
    await store.markDeleted(uuid);
    await giveUpDeliveries(tx, { teamId, webhookUuid: uuid });
    await orderWholeQueue(tx, { teamId, queue });
    await appendAudit(tx, 'webhook.deleted', { origin, teamId, appId });
    return successAnswer(200, {
      message: 'Webhook deleted successfully',
      json: JSON.stringify({ uuid, id: uuid, deleted: true }),
    });
  },
);
