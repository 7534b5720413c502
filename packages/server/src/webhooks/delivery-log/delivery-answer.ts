import type { DeliveryAttempt, WebhookDelivery } from '@countersign/contract';
import { currentTime } from '../../clock.js';
import type { Reader } from '../../storage/storage.js';
import { deliveryBody } from '../attempt/delivery-body.js';
import { findEventContent } from '../delivery/due-delivery-store.js';
import { listAttemptsOf, type StoredAttempt, type StoredDelivery } from './delivery-store.js';

/** A delivery as it is told, with what is sent and every attempt, contract §5. */
export async function deliveryFrom(reader: Reader, teamId: number, stored: StoredDelivery): Promise<WebhookDelivery> {
  const content = await findEventContent(reader, { teamId, ...stored });
  const attempts = await listAttemptsOf(reader, teamId, stored.uuid);
  const { uuid, webhookUuid, event, customerUuid, version, isTest } = stored;
  return {
    uuid,
    webhookUuid,
    event,
    customerUuid,
    version,
    status: stored.status === 'held' ? 'pending' : stored.status,
    isTest,
    createdAt: new Date(stored.createdAt).toISOString(),
    finishedAt: isoOrNull(stored.finishedAt),
    nextAttemptAt: isInFlight(stored) ? null : isoOrNull(stored.dueAt),
    requestBody: content === undefined ? '' : deliveryBody({ ...stored, content }),
    attempts: attempts.map(attemptFrom),
  };
}

function attemptFrom({ startedAt, requestHeaders, ...attempt }: StoredAttempt): DeliveryAttempt {
  return { ...attempt, startedAt: new Date(startedAt).toISOString(), requestHeaders: parseHeaders(requestHeaders) };
}

// Written from the very headers that were sent.
function parseHeaders(json: string): Record<string, string> {
  const headers: Record<string, string> = JSON.parse(json);
  return headers;
}

function isInFlight({ claimedUntil }: StoredDelivery): boolean {
  return claimedUntil !== null && claimedUntil > currentTime();
}

function isoOrNull(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
