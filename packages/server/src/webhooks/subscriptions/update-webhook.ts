import type { WebhookPatch } from '@countersign/contract';
import { appendAudit } from '../../audit/audit-store.js';
import { currentTime } from '../../clock.js';
import { appOfTeam } from '../../partner-api/write/verb-request.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import type { Transaction } from '../../storage/storage.js';
import { requireValid } from '../../validation/checked.js';
import { requireUuid } from '../../validation/uuid.js';
import { deliveryQueue } from '../delivery/delivery-queue.js';
import {
  giveUpDeliveries,
  holdDeliveries,
  lockTeamQueues,
  moveDeliveries,
  orderWholeQueue,
  sendHeld,
} from '../delivery/delivery-queue-store.js';
import { TELLING, type WebhookParts } from '../webhook-parts.js';
import { webhookAnswer } from './webhook-answer.js';
import { checkWebhookPatch } from './webhook-input.js';
import { sealSigningSecret } from './webhook-secret.js';
import { type StoredSecrets, type StoredWebhook, type WebhookFields, webhookStore } from './webhook-store.js';

/** For how long a replaced secret signs beside the new one where nothing else is said, in seconds: a day. */
const PREVIOUS_SECRET_SECONDS = 86_400;

/** What of a subscription is to change. */
interface WebhookChange {
  readonly patch: Omit<WebhookPatch, 'signingSecret'>;
  /** Under the master key; null takes the secrets away, undefined leaves them. */
  readonly encryptedSecret: string | null | undefined;
}

/**
 * Changes the given fields of a subscription, `PATCH /partners/webhooks/{uuid}`, contract §5. Pausing holds deliveries, and
 * activating sends what was held; disabling gives up what has not arrived.
 */
export const updateWebhook = writeVerb({
  name: 'update-webhook',
  scopes: TELLING,
  read: async (request, { box, callbackHosts }: WebhookParts) => {
    const uuid = requireUuid(request.params.uuid);
    const { value, warnings } = requireValid(await checkWebhookPatch(request.body(), callbackHosts));
    const { signingSecret, ...patch } = value;
    const encryptedSecret =
      typeof signingSecret === 'string' ? sealSigningSecret(box, uuid, signingSecret) : signingSecret;
    return { scope: appOfTeam(request), uuid, patch, encryptedSecret, warnings, origin: request.origin };
  },
  write: async (tx, { scope, uuid, warnings, origin, ...change }) => {
    const { teamId } = scope;
    const store = webhookStore(tx, scope);
    await lockTeamQueues(tx, teamId);
    const before = await store.require(uuid);
    const fields = changedFields(before, { appId: scope.appId, ...change });
    if (isAsBefore(before, fields)) return webhookAnswer(before, { message: 'Webhook is up to date', warnings });
    const after = await store.update(uuid, fields);
    await moveQueues(tx, { teamId, before, after });
    const isDisabled = after.status === 'disabled' && before.status !== 'disabled';
    await appendAudit(tx, isDisabled ? 'webhook.disabled' : 'webhook.updated', { origin, ...scope });
    return webhookAnswer(after, { message: 'Webhook updated successfully', warnings });
  },
});

// A secret that is set anew is sealed anew, so it always differs.
function isAsBefore(before: StoredWebhook, fields: WebhookFields): boolean {
  const former = new Map<string, unknown>(Object.entries(before));
  return Object.entries(fields).every(([name, value]) => former.get(name) === value);
}

function changedFields(
  before: StoredWebhook,
  { appId, patch, encryptedSecret }: WebhookChange & { readonly appId: number },
): WebhookFields {
  const { event = before.event, callbackUrl = before.callbackUrl, status = before.status } = patch;
  const isRevived = status === 'active' && before.status !== 'active';
  return {
    event,
    callbackUrl,
    queue: deliveryQueue({ appId, callbackUrl }),
    status,
    ...changedSecrets(before, { encryptedSecret, previousSeconds: patch.previousSecretSeconds }),
    disabledReason: status === 'disabled' ? before.disabledReason : null,
    failingSince: isRevived ? null : before.failingSince,
  };
}

interface SecretChange {
  readonly encryptedSecret: string | null | undefined;
  readonly previousSeconds: number | undefined;
}

function changedSecrets(before: StoredSecrets, { encryptedSecret, previousSeconds }: SecretChange): StoredSecrets {
  const until = currentTime() + (previousSeconds ?? PREVIOUS_SECRET_SECONDS) * 1_000;
  if (encryptedSecret === null) return { encryptedSecret, previousEncryptedSecret: null, previousSecretUntil: null };
  if (encryptedSecret === undefined) {
    const { encryptedSecret: current, previousEncryptedSecret, previousSecretUntil } = before;
    const isProlonged = previousSeconds !== undefined && previousEncryptedSecret !== null;
    return {
      encryptedSecret: current,
      previousEncryptedSecret,
      previousSecretUntil: isProlonged ? until : previousSecretUntil,
    };
  }
  const isKept = before.encryptedSecret !== null && previousSeconds !== 0;
  return {
    encryptedSecret,
    previousEncryptedSecret: isKept ? before.encryptedSecret : null,
    previousSecretUntil: isKept ? until : null,
  };
}

interface Change {
  readonly teamId: number;
  readonly before: StoredWebhook;
  readonly after: StoredWebhook;
}

async function moveQueues(tx: Transaction, { teamId, before, after }: Change): Promise<void> {
  const webhook = { teamId, webhookUuid: after.uuid };
  const isMoved = before.queue !== after.queue;
  if (!isMoved && before.status === after.status) return;
  if (isMoved) await moveDeliveries(tx, { ...webhook, queue: after.queue });
  if (after.status === 'active') await sendHeld(tx, webhook);
  if (after.status === 'paused') await holdDeliveries(tx, webhook);
  if (after.status === 'disabled') await giveUpDeliveries(tx, webhook);
  for (const queue of new Set([before.queue, after.queue])) await orderWholeQueue(tx, { teamId, queue });
}
