import { DELIVERY_STATUSES, type DeliveryStatus, PartnerError, WEBHOOK_LIMITS } from '@countersign/contract';
import { type Answer, successAnswer } from '../../partner-api/write/answer.js';
import type { Reader } from '../../storage/storage.js';
import { QueryReader } from '../../validation/query-reader.js';
import type { RawQuery } from '../../validation/raw-query.js';
import { isUuid } from '../../validation/uuid.js';
import { type WebhookScope, webhookReader } from '../subscriptions/webhook-store.js';
import { deliveryFrom } from './delivery-answer.js';
import { listDeliveriesOf, STORED_STATUSES, type StoredStatus } from './delivery-store.js';

const DEFAULT_PAGE_SIZE = 20;

/** A checked query of a list of deliveries. */
export interface DeliveryListQuery {
  readonly status: DeliveryStatus | undefined;
  readonly limit: number;
  /** UUID of the delivery that the last page ended with. */
  readonly before: string | undefined;
}

/** Checks the query of a list of deliveries. @throws PartnerError `invalid_query` */
export function parseDeliveryListQuery(query: RawQuery): DeliveryListQuery {
  const reader = new QueryReader(query);
  const status = reader.choice('status', DELIVERY_STATUSES);
  const limit = reader.integer('limit', WEBHOOK_LIMITS.pageSize) ?? DEFAULT_PAGE_SIZE;
  const before = reader.text('cursor', 255);
  if (before !== undefined && !isUuid(before)) {
    reader.refuse('cursor', 'invalid_value', 'cursor must be the nextCursor of a page.');
  }
  reader.finish();
  return { status, limit, before };
}

/**
 * A page of a subscription's deliveries with their attempts, newest first, `GET …/{uuid}/deliveries`, contract §5.
 *
 * @throws PartnerError `webhook_not_found`
 */
export async function listDeliveries(
  reader: Reader,
  webhook: WebhookScope & { readonly uuid: string },
  { status, limit, before }: DeliveryListQuery,
): Promise<Answer> {
  const { teamId, uuid } = webhook;
  if ((await webhookReader(reader, webhook).find(uuid)) === undefined) throw new PartnerError('webhook_not_found');
  const statuses = status === undefined ? STORED_STATUSES : STORED[status];
  const found = await listDeliveriesOf(reader, { teamId, webhookUuid: uuid, statuses, before, limit: limit + 1 });
  const page = found.slice(0, limit);
  const nextCursor = found.length > limit ? (page.at(-1)?.uuid ?? null) : null;
  const deliveries = await Promise.all(page.map((delivery) => deliveryFrom(reader, teamId, delivery)));
  return successAnswer(200, {
    message: 'Deliveries retrieved successfully',
    json: JSON.stringify({ deliveries, pagination: { limit, hasMore: nextCursor !== null, nextCursor } }),
  });
}

const STORED: Readonly<Record<DeliveryStatus, readonly StoredStatus[]>> = {
  pending: ['pending', 'held'],
  delivered: ['delivered'],
  failed: ['failed'],
};
