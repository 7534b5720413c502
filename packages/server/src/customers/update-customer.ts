import { teamScope } from '../partner-api/write/verb-request.js';
import { writeVerb } from '../partner-api/write/write-verb.js';
import { requireValid } from '../validation/checked.js';
import { requireUuid } from '../validation/uuid.js';
import { applyPatch } from './apply-patch.js';
import { customerAnswer } from './customer-answer.js';
import { checkCustomerPatch } from './input/customer-input.js';

/** Changes the given fields of a customer, `PUT` and `PATCH /partners/customers/{uuid}`, contract §3.2. */
export const updateCustomer = writeVerb({
  name: 'update-customer',
  scopes: ['customers:write'],
  read: (request) => {
    const uuid = requireUuid(request.params.uuid);
    const { value, warnings } = requireValid(checkCustomerPatch(request.body()));
    return { scope: teamScope(request), uuid, patch: value, ifMatch: request.ifMatch, warnings };
  },
  write: async (tx, { warnings, ...patch }) => {
    const row = await applyPatch(tx, patch);
    return customerAnswer(row, { message: 'Customer updated successfully', warnings });
  },
});
