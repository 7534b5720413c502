import { randomUUID } from 'node:crypto';
import { PartnerError, WEBHOOK_LIMITS } from '@countersign/contract';
import { appendAudit } from '../../audit/audit-store.js';
import { appOfTeam } from '../../partner-api/write/verb-request.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { requireValid } from '../../validation/checked.js';
import { deliveryQueue } from '../delivery/delivery-queue.js';
import { TELLING, type WebhookParts } from '../webhook-parts.js';
import { webhookAnswer } from './webhook-answer.js';
import { checkWebhookInput } from './webhook-input.js';
import { sealSigningSecret } from './webhook-secret.js';
import { webhookStore } from './webhook-store.js';

/** Makes a subscription, `POST /partners/webhooks`, contract §5. */
export const createWebhook = writeVerb({
  name: 'create-webhook',
  scopes: TELLING,
  read: async (request, { box, callbackHosts }: WebhookParts) => {
    const { value, warnings } = requireValid(await checkWebhookInput(request.body(), callbackHosts));
    const { signingSecret, ...webhook } = value;
    const uuid = randomUUID();
    const encryptedSecret = typeof signingSecret === 'string' ? sealSigningSecret(box, uuid, signingSecret) : null;
    return { scope: appOfTeam(request), uuid, webhook, encryptedSecret, warnings, origin: request.origin };
  },
  write: async (tx, { scope, uuid, webhook, encryptedSecret, warnings, origin }) => {
    const store = webhookStore(tx, scope);
    if ((await store.countOfTeam()) >= WEBHOOK_LIMITS.webhooksPerTeam) throw tooMany();
    const { event, callbackUrl, status = 'active' } = webhook;
    const stored = await store.insert(uuid, {
      event,
      callbackUrl,
      queue: deliveryQueue({ appId: scope.appId, callbackUrl }),
      status,
      encryptedSecret,
      previousEncryptedSecret: null,
      previousSecretUntil: null,
      disabledReason: null,
      failingSince: null,
    });
    await appendAudit(tx, 'webhook.created', { origin, ...scope });
    return webhookAnswer(stored, { status: 201, message: 'Webhook created successfully', warnings });
  },
});

function tooMany(): PartnerError {
  const message = `A team can have ${WEBHOOK_LIMITS.webhooksPerTeam} webhooks; delete some first.`;
  return new PartnerError('validation_error', message, {
    errors: [{ field: '', code: 'too_many_webhooks', message }],
  });
}
