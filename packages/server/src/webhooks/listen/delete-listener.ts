import { successAnswer } from '../../partner-api/write/answer.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { TELLING } from '../webhook-parts.js';
import { readListener } from './listener-request.js';
import { endListener, requireListener } from './listener-store.js';

/** Ends a listener, `DELETE /partners/webhooks/listeners/{uuid}`. */
export const deleteListener = writeVerb({
  name: 'delete-listener',
  scopes: TELLING,
  read: readListener,
  write: async (tx, listener) => {
    await requireListener(tx, listener);
    await endListener(tx, listener);
    const { uuid } = listener;
    return successAnswer(200, {
      message: 'Listener deleted successfully',
      json: JSON.stringify({ uuid, id: uuid, deleted: true }),
    });
  },
});
