import { successAnswer } from '../../partner-api/write/answer.js';
import { appOfTeam } from '../../partner-api/write/verb-request.js';
import { warningsJson } from '../../partner-api/write/warnings-json.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { requireValid } from '../../validation/checked.js';
import { requireUuid } from '../../validation/uuid.js';
import { lockTeamQueues, orderWholeQueue } from '../delivery/delivery-queue-store.js';
import { checkRedeliverInput } from '../subscriptions/webhook-input.js';
import { webhookStore } from '../subscriptions/webhook-store.js';
import { TELLING } from '../webhook-parts.js';
import { sendMissedAgain } from './delivery-store.js';

/** Sends again what was given up since a time, and at once what was put off, `POST …/{uuid}/redeliver`. */
export const redeliverSince = writeVerb({
  name: 'redeliver-since',
  scopes: TELLING,
  read: (request) => {
    const webhookUuid = requireUuid(request.params.uuid);
    const { value, warnings } = requireValid(checkRedeliverInput(request.body()));
    return { scope: appOfTeam(request), webhookUuid, since: value, warnings };
  },
  write: async (tx, { scope, webhookUuid, since, warnings }) => {
    const { teamId } = scope;
    await lockTeamQueues(tx, teamId);
    const { queue } = await webhookStore(tx, scope).require(webhookUuid);
    const count = await sendMissedAgain(tx, { teamId, webhookUuid, since });
    await orderWholeQueue(tx, { teamId, queue });
    return successAnswer(202, {
      message: count === 1 ? '1 delivery is sent again' : `${count} deliveries are sent again`,
      json: `{"count":${count}${warningsJson(warnings)}}`,
    });
  },
});
