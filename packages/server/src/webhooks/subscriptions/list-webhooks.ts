import { WEBHOOK_LIMITS } from '@countersign/contract';
import { successAnswer } from '../../partner-api/write/answer.js';
import { readVerb } from '../../partner-api/write/read-verb.js';
import { appOfTeam } from '../../partner-api/write/verb-request.js';
import { QueryReader } from '../../validation/query-reader.js';
import type { RawQuery } from '../../validation/raw-query.js';
import { formatTimeCursor, parseTimeCursor, type TimePlace } from '../../validation/time-cursor.js';
import { webhookFrom } from './webhook-answer.js';
import { webhookReader } from './webhook-store.js';

interface WebhookListQuery {
  readonly limit: number;
  readonly after: TimePlace | undefined;
}

/** A page of an app's subscriptions, oldest first, `GET /partners/webhooks`, contract §5. */
export const listWebhooks = readVerb({
  scopes: ['webhooks:manage'],
  read: (request) => ({ scope: appOfTeam(request), ...parseListQuery(request.query) }),
  answer: async ({ storage }, { scope, limit, after }) => {
    const found = await webhookReader(storage, scope).list(after, limit + 1);
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const nextCursor = last === undefined ? null : formatTimeCursor(last);
    return successAnswer(200, {
      message: 'Webhooks retrieved successfully',
      json: JSON.stringify({
        webhooks: page.map(webhookFrom),
        pagination: { limit, hasMore: nextCursor !== null, nextCursor },
      }),
    });
  },
});

function parseListQuery(query: RawQuery): WebhookListQuery {
  const reader = new QueryReader(query);
  const limit = reader.integer('limit', WEBHOOK_LIMITS.pageSize) ?? WEBHOOK_LIMITS.pageSize;
  const cursor = reader.text('cursor', 255);
  const after = cursor === undefined ? undefined : parseTimeCursor(cursor);
  if (cursor !== undefined && after === undefined) {
    reader.refuse('cursor', 'invalid_value', 'cursor must be the nextCursor of a page.');
  }
  reader.finish();
  return { limit, after };
}
