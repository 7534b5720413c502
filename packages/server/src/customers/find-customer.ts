import { readVerb } from '../partner-api/write/read-verb.js';
import { QueryReader } from '../validation/query-reader.js';
import { foundCustomerAnswer } from './customer-answer.js';
import { customerReader } from './customer-store.js';

/** The one customer with an email, `GET /partners/customers/find-by-email`, contract §3.2. */
export const findCustomer = readVerb({
  scopes: ['customers:read'],
  read: ({ caller, query }) => {
    const reader = new QueryReader(query);
    const email = reader.requiredEmail('email');
    reader.finish();
    return { teamId: caller.team.id, email: email ?? '' };
  },
  answer: async ({ storage }, { teamId, email }) =>
    foundCustomerAnswer(await customerReader(storage, teamId).findByEmail(email)),
});
