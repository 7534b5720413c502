import { readVerb } from '../partner-api/write/read-verb.js';
import { requireUuid } from '../validation/uuid.js';
import { foundCustomerAnswer } from './customer-answer.js';
import { customerReader } from './customer-store.js';

/** One customer, `GET /partners/customers/{uuid}`, contract §3.2. */
export const getCustomer = readVerb({
  scopes: ['customers:read'],
  read: ({ caller, params }) => ({ teamId: caller.team.id, uuid: requireUuid(params.uuid) }),
  answer: async ({ storage }, { teamId, uuid }) =>
    foundCustomerAnswer(await customerReader(storage, teamId).findByUuid(uuid)),
});
