import { appendAudit } from '../../audit/audit-store.js';
import { successAnswer } from '../../partner-api/write/answer.js';
import { appOfTeam } from '../../partner-api/write/verb-request.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { requireUuid } from '../../validation/uuid.js';
import { giveUpDeliveries, lockTeamQueues, orderWholeQueue } from '../delivery/delivery-queue-store.js';
import { webhookStore } from './webhook-store.js';

/** Ends a subscription with all its deliveries, `DELETE /partners/webhooks/{uuid}`, contract §5. */
export const deleteWebhook = writeVerb({
  name: 'delete-webhook',
  scopes: ['webhooks:manage'],
  read: (request) => ({
    scope: appOfTeam(request),
    uuid: requireUuid(request.params.uuid),
    origin: request.origin,
  }),
  write: async (tx, { scope, uuid, origin }) => {
    const { teamId } = scope;
    const store = webhookStore(tx, scope);
    await lockTeamQueues(tx, teamId);
    const { queue } = await store.require(uuid);
    await store.markDeleted(uuid);
    await giveUpDeliveries(tx, { teamId, webhookUuid: uuid });
    await orderWholeQueue(tx, { teamId, queue });
    await appendAudit(tx, 'webhook.deleted', { origin, ...scope });
    return successAnswer(200, {
      message: 'Webhook deleted successfully',
      json: JSON.stringify({ uuid, id: uuid, deleted: true }),
    });
  },
});
