import { PartnerError } from '@countersign/contract';
import { readVerb } from '../../partner-api/write/read-verb.js';
import { appOfTeam } from '../../partner-api/write/verb-request.js';
import { requireUuid } from '../../validation/uuid.js';
import { webhookAnswer } from './webhook-answer.js';
import { webhookReader } from './webhook-store.js';

/** One subscription of an app, `GET /partners/webhooks/{uuid}`, contract §5. */
export const getWebhook = readVerb({
  scopes: ['webhooks:manage'],
  read: (request) => ({ scope: appOfTeam(request), uuid: requireUuid(request.params.uuid) }),
  answer: async ({ storage }, { scope, uuid }) => {
    const found = await webhookReader(storage, scope).find(uuid);
    if (found === undefined) throw new PartnerError('webhook_not_found');
    return webhookAnswer(found, { message: 'Webhook retrieved successfully' });
  },
});
