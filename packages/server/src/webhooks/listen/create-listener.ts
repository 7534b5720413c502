import { randomUUID } from 'node:crypto';
import { successAnswer } from '../../partner-api/write/answer.js';
import { appOfTeam } from '../../partner-api/write/verb-request.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { TELLING } from '../webhook-parts.js';
import { insertListenerOf } from './listener-store.js';

/** Begins a listener, which gets every event of the team from now on, `POST /partners/webhooks/listeners`. */
export const createListener = writeVerb({
  name: 'create-listener',
  scopes: TELLING,
  read: (request) => ({ ...appOfTeam(request), uuid: randomUUID() }),
  write: async (tx, listener) => {
    await insertListenerOf(tx, listener);
    return successAnswer(201, {
      message: 'Listener created successfully',
      json: JSON.stringify({ listener: { uuid: listener.uuid } }),
      headers: { location: `/partners/webhooks/listeners/${listener.uuid}/events` },
    });
  },
});
