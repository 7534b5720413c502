import { PartnerError } from '@countersign/contract';
import { successAnswer } from '../../partner-api/write/answer.js';
import { readVerb } from '../../partner-api/write/read-verb.js';
import { requireUuid } from '../../validation/uuid.js';
import { bestOf } from './candidate-answer.js';
import { findCandidates } from './find-candidates.js';
import { findFresh } from './key-customers.js';
import { matchReader } from './match-store.js';

/** What may be the same as a stored customer, `GET /partners/customers/{uuid}/duplicates`, contract §7.2. */
export const listDuplicates = readVerb({
  scopes: ['customers:read'],
  read: ({ caller, params }) => ({ teamId: caller.team.id, uuid: requireUuid(params.uuid) }),
  answer: async ({ storage }, { teamId, uuid }) => {
    const reader = matchReader(storage, teamId);
    const [probe] = await reader.findByUuids([uuid]);
    if (probe === undefined) throw new PartnerError('customer_not_found');
    const fresh = await findFresh(storage, teamId);
    const [[candidates = []], declared] = await Promise.all([
      findCandidates([probe], { reader, fresh }),
      reader.findDeclared([uuid]),
    ]);
    const others = candidates.filter(({ found }) => declared.get(uuid)?.has(found.uuid) !== true);
    return successAnswer(200, {
      message: 'Duplicates retrieved successfully',
      json: JSON.stringify({ candidates: bestOf(others) }),
    });
  },
});
