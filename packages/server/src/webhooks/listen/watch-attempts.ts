import { WEBHOOK_LIMITS } from '@countersign/contract';
import { currentTime } from '../../clock.js';
import { waitFor } from '../../http/wait-for.js';
import { successAnswer } from '../../partner-api/write/answer.js';
import { readVerb } from '../../partner-api/write/read-verb.js';
import { appOfTeam } from '../../partner-api/write/verb-request.js';
import { QueryReader } from '../../validation/query-reader.js';
import { isUuid } from '../../validation/uuid.js';
import { type AttemptPlace, listAttemptsAfter } from './attempt-tail-store.js';
import type { WaitingParts } from './listener-request.js';

const LAST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
/** Time in milliseconds, UUID, number. */
const CURSOR_FORM = /^(\d{1,15})\.([0-9a-f-]{36})\.(\d{1,9})$/;

/** Attempts behind a place, waited for, `GET /partners/webhooks/attempts`. */
export const watchAttempts = readVerb({
  scopes: ['webhooks:manage'],
  read: (request) => {
    const reader = new QueryReader(request.query);
    const waitMs = (reader.integer('wait', WEBHOOK_LIMITS.waitSeconds) ?? 0) * 1_000;
    const cursor = reader.text('cursor', 255);
    const place = cursor === undefined ? placeOfNow() : parseCursor(cursor);
    if (place === undefined) {
      reader.refuse('cursor', 'invalid_value', 'cursor must be the nextCursor of the last look.');
    }
    reader.finish();
    return { scope: appOfTeam(request), waitMs, place: place ?? placeOfNow() };
  },
  answer: async ({ storage, closing }: WaitingParts, { scope, waitMs, place }) => {
    const find = () => listAttemptsAfter(storage, scope, place);
    const attempts = await waitFor(find, { waitMs, signal: closing });
    const last = attempts.at(-1);
    const { settledAt, deliveryUuid, number } =
      last === undefined ? place : { ...last, settledAt: Date.parse(last.settledAt) };
    return successAnswer(200, {
      message: 'Attempts retrieved successfully',
      json: JSON.stringify({ attempts, nextCursor: `${settledAt}.${deliveryUuid}.${number}` }),
    });
  },
});

// The place of a cursor; undefined when it was not made here.
function parseCursor(text: string): AttemptPlace | undefined {
  const [, settledAt, deliveryUuid, number] = CURSOR_FORM.exec(text) ?? [];
  if (!isUuid(deliveryUuid)) return undefined;
  return { settledAt: Number(settledAt), deliveryUuid, number: Number(number) };
}

// The place behind everything that has happened by now.
function placeOfNow(): AttemptPlace {
  return { settledAt: currentTime(), deliveryUuid: LAST_UUID, number: 0 };
}
