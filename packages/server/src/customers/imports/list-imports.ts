import { CUSTOMER_LIMITS } from '@countersign/contract';
import { successAnswer } from '../../partner-api/write/answer.js';
import { readVerb } from '../../partner-api/write/read-verb.js';
import { QueryReader } from '../../validation/query-reader.js';
import { formatTimeCursor, parseTimeCursor, type TimePlace } from '../../validation/time-cursor.js';
import { importsFrom } from './import-answer.js';
import { listNewestImports } from './import-store.js';

const DEFAULT_PAGE_SIZE = 20;
/** Behind all that there are. */
const NEWEST: TimePlace = { createdAt: Number.MAX_SAFE_INTEGER, uuid: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

/** The imports of a team, newest first, `GET /partners/imports`, contract §8. */
export const listImports = readVerb({
  scopes: ['customers:write'],
  read: ({ caller, query }) => {
    const reader = new QueryReader(query);
    const limit = reader.integer('limit', CUSTOMER_LIMITS.pageSize) ?? DEFAULT_PAGE_SIZE;
    const cursor = reader.text('cursor', 255);
    const after = cursor === undefined ? NEWEST : parseTimeCursor(cursor);
    if (after === undefined) reader.refuse('cursor', 'invalid_value', 'cursor must be the nextCursor of a page.');
    reader.finish();
    return { teamId: caller.team.id, limit, after: after ?? NEWEST };
  },
  answer: async ({ storage }, { teamId, limit, after }) => {
    const found = await listNewestImports(storage, { teamId, ...after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const nextCursor = last === undefined ? null : formatTimeCursor(last);
    return successAnswer(200, {
      message: 'Imports retrieved successfully',
      json: JSON.stringify({
        imports: await importsFrom(storage, page),
        pagination: { limit, hasMore: nextCursor !== null, nextCursor },
      }),
    });
  },
});
