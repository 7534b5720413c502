import type { WebhookEventName } from '@countersign/contract';
import { currentTime } from '../../clock.js';
import type { SecretBox } from '../../identity/apps/secret-box.js';
import type { EndedAttempt, Outcome } from '../delivery/record-attempts.js';
import { nextDelayMs, type RetrySchedule } from '../delivery/retry-schedule.js';
import type { TakenDelivery } from '../delivery/take-deliveries.js';
import { openSigningSecrets } from '../subscriptions/webhook-secret.js';
import { deliveryBody } from './delivery-body.js';
import { DELIVERY_FAULTS } from './delivery-fault.js';
import { deliveryHeaders } from './delivery-signature.js';
import type { AttemptResult, DeliverySender } from './send-delivery.js';

/** What an attempt is made with. */
export interface AttemptParts {
  readonly sender: DeliverySender;
  readonly box: SecretBox;
  readonly schedule: RetrySchedule;
}

/** Status by which a receiver says that it wants nothing any more, RFC 9110 §15.5.11. */
const GONE = 410;

/**
 * Makes one attempt to deliver.
 *
 * @throws the reason of the signal when it was aborted
 */
export async function attemptDelivery(
  { sender, box, schedule }: AttemptParts,
  taken: TakenDelivery,
  signal: AbortSignal,
): Promise<EndedAttempt> {
  const { teamId, webhookUuid, delivery, webhook, content } = taken;
  const startedAt = currentTime();
  const body = deliveryBody({ ...delivery, content });
  const headers = deliveryHeaders({
    id: delivery.uuid,
    event: eventName(delivery.event),
    body,
    sentAtMs: startedAt,
    secrets: openSigningSecrets(box, webhookUuid, webhook),
  });
  const result = webhook.isAllowed
    ? await sender.send({ callbackUrl: webhook.callbackUrl, headers, body, signal })
    : undefined;
  return {
    teamId,
    webhookUuid,
    uuid: delivery.uuid,
    customerUuid: delivery.customerUuid,
    attempts: delivery.attempts,
    startedAt,
    durationMs: result?.durationMs ?? 0,
    statusCode: result?.statusCode ?? null,
    error: result === undefined ? NOT_ALLOWED : errorOf(result),
    requestHeaders: JSON.stringify(headers),
    answerStart: result?.answerStart ?? null,
    outcome: result === undefined ? { kind: 'not_allowed' } : outcomeOf(result, schedule, delivery.roundAttempts + 1),
  };
}

const NOT_ALLOWED = 'The app may not see the customers of the team any more; nothing was sent.';

function errorOf({ fault }: AttemptResult): string | null {
  return fault === undefined || fault === 'bad_status' ? null : DELIVERY_FAULTS[fault];
}

function outcomeOf(
  { fault, statusCode, retryAfterMs }: AttemptResult,
  schedule: RetrySchedule,
  tries: number,
): Outcome {
  if (fault === undefined) return { kind: 'delivered' };
  if (statusCode === GONE) return { kind: 'gone' };
  return { kind: 'failed', nextDelayMs: nextDelayMs(schedule, { failures: tries, retryAfterMs }) };
}

// Stored by the outbox, from the contract's names.
function eventName(text: string): WebhookEventName {
  return text as WebhookEventName;
}
