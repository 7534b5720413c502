import { writeVerb } from '../../partner-api/write/write-verb.js';
import { requireExternalId } from '../input/path-values.js';
import { upsertCustomer } from './upsert-customer.js';
import { readUpsert } from './upsert-request.js';

/** Creates or updates the customer with an external id, `PUT /partners/customers/by-external-id/{externalId}`, contract §3.2. */
export const upsertByExternalId = writeVerb({
  name: 'upsert-by-external-id',
  scopes: ['customers:write'],
  read: (request) => readUpsert(request, { externalId: requireExternalId(request.params.externalId ?? '') }),
  write: upsertCustomer,
});
