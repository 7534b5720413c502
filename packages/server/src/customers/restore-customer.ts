import { teamScope } from '../partner-api/write/verb-request.js';
import { writeVerb } from '../partner-api/write/write-verb.js';
import { requireUuid } from '../validation/uuid.js';
import { appendEvent } from '../webhooks/outbox/outbox.js';
import { customerAnswer } from './customer-answer.js';
import { customerNotFound } from './customer-not-found.js';
import { nextVersion } from './customer-record.js';
import { customerRow } from './customer-row.js';
import { customerStore } from './customer-store.js';

/**
 * Brings a deleted customer back, `POST /partners/customers/{uuid}/restore`, contract §3.2. One that was never deleted
 * is answered as it is; one that was merged is unmerged instead.
 */
export const restoreCustomer = writeVerb({
  name: 'restore-customer',
  scopes: ['customers:write'],
  read: (request) => ({ scope: teamScope(request), uuid: requireUuid(request.params.uuid) }),
  write: async (tx, { scope, uuid }) => {
    const store = customerStore(tx, scope);
    const found = await store.findWithDeleted(uuid);
    if (found === undefined || found.mergedInto !== undefined) throw customerNotFound(found?.mergedInto);
    const { customer, isDeleted } = found;
    if (!isDeleted) return customerAnswer(customerRow(customer), { message: 'Customer is not deleted' });
    const after = nextVersion(customer, new Date(tx.now()));
    const row = await store.restore({ before: customer, after });
    // Whoever mirrors the customer has it no more: for them it appears.
    await appendEvent(tx, { teamId: scope.teamId, kind: 'created', before: undefined, after, body: row.body });
    return customerAnswer(row, { message: 'Customer restored successfully' });
  },
});
