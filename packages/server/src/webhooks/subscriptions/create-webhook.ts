import { PartnerError, type PartnerWarning, WEBHOOK_LIMITS, type WebhookInput } from '@countersign/contract';
import { appendAudit, type Origin } from '../../audit/audit-store.js';
import { partnerCommand } from '../../partner-api/write/partner-command.js';
import { deliveryQueue } from '../delivery/delivery-queue.js';
import { webhookAnswer } from './webhook-answer.js';
import { type WebhookScope, webhookStore } from './webhook-store.js';

/** A subscription to make. */
export interface CreateWebhook extends WebhookScope {
  readonly uuid: string;
  readonly webhook: Omit<WebhookInput, 'signingSecret'>;
  /** Under the master key. */
  readonly encryptedSecret: string | null;
  readonly warnings: readonly PartnerWarning[];
  readonly origin: Origin;
}

/** Makes a subscription, `POST /partners/webhooks`, contract §5. */
export const createWebhook = partnerCommand<CreateWebhook>(
  'create-webhook',
  async (tx, { teamId, appId, uuid, webhook, encryptedSecret, warnings, origin }) => {
    const store = webhookStore(tx, { teamId, appId });
    if ((await store.countOfTeam()) >= WEBHOOK_LIMITS.webhooksPerTeam) throw tooMany();
    const { event, callbackUrl, status = 'active' } = webhook;
    const stored = await store.insert(uuid, {
      event,
      callbackUrl,
      queue: deliveryQueue({ appId, callbackUrl }),
      status,
      encryptedSecret,
      previousEncryptedSecret: null,
      previousSecretUntil: null,
      disabledReason: null,
      failingSince: null,
    });
    await appendAudit(tx, 'webhook.created', { origin, teamId, appId });
    return webhookAnswer(stored, { status: 201, message: 'Webhook created successfully', warnings });
  },
);

function tooMany(): PartnerError {
  const message = `A team can have ${WEBHOOK_LIMITS.webhooksPerTeam} webhooks; delete some first.`;
  return new PartnerError('validation_error', message, {
    errors: [{ field: '', code: 'too_many_webhooks', message }],
  });
}
