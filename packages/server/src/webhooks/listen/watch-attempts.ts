import { type Answer, successAnswer } from '../../partner-api/write/answer.js';
import { isUuid } from '../../validation/uuid.js';
import type { AttemptPlace, WatchedAttempt } from './attempt-tail-store.js';

const LAST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
/** Time in milliseconds, UUID, number. */
const CURSOR_FORM = /^(\d{1,15})\.([0-9a-f-]{36})\.(\d{1,9})$/;

/** The place of a cursor; undefined when it was not made here. */
export function parseAttemptCursor(text: string): AttemptPlace | undefined {
  const [, settledAt, deliveryUuid, number] = CURSOR_FORM.exec(text) ?? [];
  if (!isUuid(deliveryUuid)) return undefined;
  return { settledAt: Number(settledAt), deliveryUuid, number: Number(number) };
}

/** The place behind everything that has happened by now. */
export function placeOfNow(): AttemptPlace {
  return { settledAt: Date.now(), deliveryUuid: LAST_UUID, number: 0 };
}

/** The answer with attempts behind a place, `GET /partners/webhooks/attempts`. */
export function attemptsAnswer(attempts: readonly WatchedAttempt[], asked: AttemptPlace): Answer {
  const last = attempts.at(-1);
  const { settledAt, deliveryUuid, number } =
    last === undefined ? asked : { ...last, settledAt: Date.parse(last.settledAt) };
  return successAnswer(200, {
    message: 'Attempts retrieved successfully',
    json: JSON.stringify({ attempts, nextCursor: `${settledAt}.${deliveryUuid}.${number}` }),
  });
}
