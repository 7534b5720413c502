import { type FieldError, LISTENER_EVENTS, PartnerError } from '@countersign/contract';
import { successAnswer } from '../../partner-api/write/answer.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { isUuid } from '../../validation/uuid.js';
import { TELLING } from '../webhook-parts.js';
import { readListener } from './listener-request.js';
import { acknowledge, requireListener } from './listener-store.js';

/** Drops what a listener has had, and lets it live on, `POST …/listeners/{uuid}/acknowledge`. */
export const acknowledgeEvents = writeVerb({
  name: 'acknowledge-events',
  scopes: TELLING,
  read: (request) => ({ listener: readListener(request), events: parseEvents(request.body()) }),
  write: async (tx, { listener, events }) => {
    await requireListener(tx, listener);
    await acknowledge(tx, listener, events);
    return successAnswer(200, {
      message: 'Events acknowledged',
      json: JSON.stringify({ count: events.length }),
    });
  },
});

// UUIDs of deliveries.
function parseEvents(body: object): string[] {
  const events: unknown = Reflect.get(body, 'events');
  if (!Array.isArray(events)) throw refusal('invalid_type', 'must be an array of UUIDs.');
  if (events.length > LISTENER_EVENTS) {
    throw refusal('too_many_items', `must have at most ${LISTENER_EVENTS} entries.`);
  }
  if (!events.every(isUuid)) throw refusal('invalid_value', 'must be an array of UUIDs.');
  return events.map((uuid) => uuid.toLowerCase());
}

function refusal(code: string, rule: string): PartnerError {
  const error: FieldError = { field: 'events', code, message: `events ${rule}` };
  return new PartnerError('validation_error', undefined, { errors: [error] });
}
