import { DELIVERY_STATUSES, type DeliveryStatus, PartnerError, WEBHOOK_LIMITS } from '@countersign/contract';
import { successAnswer } from '../../partner-api/write/answer.js';
import { readVerb } from '../../partner-api/write/read-verb.js';
import { appOfTeam } from '../../partner-api/write/verb-request.js';
import { QueryReader } from '../../validation/query-reader.js';
import type { RawQuery } from '../../validation/raw-query.js';
import { isUuid, requireUuid } from '../../validation/uuid.js';
import { webhookReader } from '../subscriptions/webhook-store.js';
import { TELLING } from '../webhook-parts.js';
import { deliveryFrom } from './delivery-answer.js';
import { listDeliveriesOf, STORED_STATUSES, type StoredStatus } from './delivery-store.js';

const DEFAULT_PAGE_SIZE = 20;

interface DeliveryListQuery {
  readonly status: DeliveryStatus | undefined;
  readonly limit: number;
  /** UUID of the delivery that the last page ended with. */
  readonly before: string | undefined;
}

const STORED: Readonly<Record<DeliveryStatus, readonly StoredStatus[]>> = {
  pending: ['pending', 'held'],
  delivered: ['delivered'],
  failed: ['failed'],
};

/** A page of a subscription's deliveries with their attempts, newest first, `GET …/{uuid}/deliveries`, contract §5. */
export const listDeliveries = readVerb({
  scopes: TELLING,
  read: (request) => ({
    scope: appOfTeam(request),
    uuid: requireUuid(request.params.uuid),
    ...parseListQuery(request.query),
  }),
  answer: async ({ storage }, { scope, uuid, status, limit, before }) => {
    const { teamId } = scope;
    if ((await webhookReader(storage, scope).find(uuid)) === undefined) throw new PartnerError('webhook_not_found');
    const statuses = status === undefined ? STORED_STATUSES : STORED[status];
    const found = await listDeliveriesOf(storage, { teamId, webhookUuid: uuid, statuses, before, limit: limit + 1 });
    const page = found.slice(0, limit);
    const nextCursor = found.length > limit ? (page.at(-1)?.uuid ?? null) : null;
    const deliveries = await Promise.all(page.map((delivery) => deliveryFrom(storage, teamId, delivery)));
    return successAnswer(200, {
      message: 'Deliveries retrieved successfully',
      json: JSON.stringify({ deliveries, pagination: { limit, hasMore: nextCursor !== null, nextCursor } }),
    });
  },
});

function parseListQuery(query: RawQuery): DeliveryListQuery {
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
