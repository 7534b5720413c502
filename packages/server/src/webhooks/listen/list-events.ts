import { LISTENER_EVENTS, WEBHOOK_LIMITS } from '@countersign/contract';
import { waitFor } from '../../http/wait-for.js';
import { MOST_ANSWER_BYTES, successAnswer } from '../../partner-api/write/answer.js';
import { readVerb } from '../../partner-api/write/read-verb.js';
import { QueryReader } from '../../validation/query-reader.js';
import { deliveryBody } from '../attempt/delivery-body.js';
import { findEventContent } from '../delivery/due-delivery-store.js';
import { TELLING } from '../webhook-parts.js';
import { readListener, type WaitingParts } from './listener-request.js';
import { listHeldEvents, requireListener } from './listener-store.js';

/**
 * What waits for a listener, `GET …/listeners/{uuid}/events`: bodies as a delivery has them, the first of them that are
 * about a mebibyte together. Those behind come once these are acknowledged.
 */
export const listEvents = readVerb({
  scopes: TELLING,
  read: (request) => {
    const listener = readListener(request);
    const reader = new QueryReader(request.query);
    const waitMs = (reader.integer('wait', WEBHOOK_LIMITS.waitSeconds) ?? 0) * 1_000;
    reader.finish();
    return { listener, waitMs };
  },
  answer: async ({ storage, closing }: WaitingParts, { listener, waitMs }) => {
    await requireListener(storage, listener);
    const find = () => listHeldEvents(storage, listener, LISTENER_EVENTS);
    const held = await waitFor(find, { waitMs, signal: closing });
    const told: string[] = [];
    let bytes = 0;
    for (const { uuid, event, ...key } of held) {
      const content = await findEventContent(storage, { teamId: listener.teamId, ...key });
      if (content === undefined) continue;
      const body = deliveryBody({ uuid, event, isTest: false, content });
      const json = JSON.stringify({ id: uuid, event, body });
      bytes += Buffer.byteLength(json);
      if (bytes > MOST_ANSWER_BYTES && told.length > 0) break;
      told.push(json);
    }
    return successAnswer(200, { message: 'Events retrieved successfully', json: `{"events":[${told.join(',')}]}` });
  },
});
