import type { PartnerWarning, Webhook } from '@countersign/contract';
import { type Answer, successAnswer } from '../../partner-api/write/answer.js';
import { warningsJson } from '../../partner-api/write/warnings-json.js';
import type { StoredWebhook } from './webhook-store.js';

/** What an answer with one subscription says beside it. */
export interface WebhookAnswerOptions {
  readonly status?: number;
  readonly message: string;
  readonly warnings?: readonly PartnerWarning[];
}

/** A subscription as it is told: everything but its secrets, contract §5. */
export function webhookFrom(stored: StoredWebhook): Webhook {
  const { uuid, event, callbackUrl, status, encryptedSecret, failingSince, disabledReason } = stored;
  return {
    uuid,
    event,
    callbackUrl,
    status,
    hasSigningSecret: encryptedSecret !== null,
    failingSince: failingSince === null ? null : new Date(failingSince).toISOString(),
    disabledReason,
    createdAt: new Date(stored.createdAt).toISOString(),
    updatedAt: new Date(stored.updatedAt).toISOString(),
  };
}

/** The answer with one subscription, contract §5. */
export function webhookAnswer(stored: StoredWebhook, options: WebhookAnswerOptions): Answer {
  const { status = 200, message, warnings } = options;
  return successAnswer(status, {
    message,
    json: `{"webhook":${JSON.stringify(webhookFrom(stored))}${warningsJson(warnings)}}`,
    headers: status === 201 ? { location: `/partners/webhooks/${stored.uuid}` } : {},
  });
}
