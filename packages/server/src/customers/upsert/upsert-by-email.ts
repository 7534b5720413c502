import { writeVerb } from '../../partner-api/write/write-verb.js';
import { requireEmail } from '../input/path-values.js';
import { upsertCustomer } from './upsert-customer.js';
import { readUpsert } from './upsert-request.js';

/** Creates or updates the customer with an email, `PUT /partners/customers/by-email/{email}`, contract §3.2. */
export const upsertByEmail = writeVerb({
  name: 'upsert-by-email',
  scopes: ['customers:write'],
  read: (request) => readUpsert(request, { email: requireEmail(request.params.email ?? '') }),
  write: upsertCustomer,
});
