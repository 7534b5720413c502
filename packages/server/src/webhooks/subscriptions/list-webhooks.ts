import { WEBHOOK_LIMITS } from '@countersign/contract';
import { type Answer, successAnswer } from '../../partner-api/write/answer.js';
import type { Reader } from '../../storage/storage.js';
import { QueryReader } from '../../validation/query-reader.js';
import type { RawQuery } from '../../validation/raw-query.js';
import { isUuid } from '../../validation/uuid.js';
import { webhookFrom } from './webhook-answer.js';
import { type WebhookPlace, type WebhookScope, webhookReader } from './webhook-store.js';

/** A checked query of a list of subscriptions. */
export interface WebhookListQuery {
  readonly limit: number;
  readonly after: WebhookPlace | undefined;
}

/** Time in base 36, and UUID. */
const CURSOR_FORM = /^([0-9a-z]{1,11})\.([0-9a-f-]{36})$/;

/** Checks the query of a list of subscriptions. @throws PartnerError `invalid_query` */
export function parseWebhookListQuery(query: RawQuery): WebhookListQuery {
  const reader = new QueryReader(query);
  const limit = reader.integer('limit', WEBHOOK_LIMITS.pageSize) ?? WEBHOOK_LIMITS.pageSize;
  const cursor = reader.text('cursor', 255);
  const after = cursor === undefined ? undefined : parseCursor(cursor);
  if (cursor !== undefined && after === undefined) {
    reader.refuse('cursor', 'invalid_value', 'cursor must be the nextCursor of a page.');
  }
  reader.finish();
  return { limit, after };
}

/** A page of an app's subscriptions, oldest first, `GET /partners/webhooks`, contract §5. */
export async function listWebhooks(
  reader: Reader,
  scope: WebhookScope,
  { limit, after }: WebhookListQuery,
): Promise<Answer> {
  const found = await webhookReader(reader, scope).list(after, limit + 1);
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  const nextCursor = last === undefined ? null : `${last.createdAt.toString(36)}.${last.uuid}`;
  return successAnswer(200, {
    message: 'Webhooks retrieved successfully',
    json: JSON.stringify({
      webhooks: page.map(webhookFrom),
      pagination: { limit, hasMore: nextCursor !== null, nextCursor },
    }),
  });
}

function parseCursor(text: string): WebhookPlace | undefined {
  const [, time = '', uuid = ''] = CURSOR_FORM.exec(text) ?? [];
  const createdAt = Number.parseInt(time, 36);
  return isUuid(uuid) && Number.isSafeInteger(createdAt) ? { createdAt, uuid } : undefined;
}
