import { teamScope } from '../partner-api/write/verb-request.js';
import { writeVerb } from '../partner-api/write/write-verb.js';
import { requireValid } from '../validation/checked.js';
import { creationEvent } from '../webhooks/outbox/outbox.js';
import { customerAnswer } from './customer-answer.js';
import { newCustomer } from './customer-record.js';
import { requireCustomerRow } from './customer-row.js';
import { customerStore } from './customer-store.js';
import { checkCustomerInput } from './input/customer-input.js';

/** Stores a new customer with its addresses and contacts, `POST /partners/customers`, contract §3.2. */
export const createCustomer = writeVerb({
  name: 'create-customer',
  scopes: ['customers:write'],
  isOneStatement: true,
  read: (request) => {
    const { value, warnings } = requireValid(checkCustomerInput(request.body()));
    return { scope: teamScope(request), row: requireCustomerRow(newCustomer(value, request.now())), warnings };
  },
  write: async (tx, { scope, row, warnings }) => {
    const stored = await customerStore(tx, scope).insert(row, creationEvent(scope.teamId));
    return customerAnswer(stored, {
      status: 201,
      message: 'Customer created successfully',
      locationUuid: stored.uuid,
      warnings,
    });
  },
});
