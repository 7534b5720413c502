import { ensureVersionNamed } from '../http/entity-tag.js';
import { successAnswer } from '../partner-api/write/answer.js';
import { teamScope } from '../partner-api/write/verb-request.js';
import { writeVerb } from '../partner-api/write/write-verb.js';
import { requireUuid } from '../validation/uuid.js';
import { appendEvent } from '../webhooks/outbox/outbox.js';
import { nextVersion } from './customer-record.js';
import { customerStore } from './customer-store.js';

/** Takes a customer out of every read and frees its email, `DELETE /partners/customers/{uuid}`, contract §3.2. */
export const deleteCustomer = writeVerb({
  name: 'delete-customer',
  scopes: ['customers:write'],
  read: (request) => ({
    scope: teamScope(request),
    uuid: requireUuid(request.params.uuid),
    ifMatch: request.ifMatch,
  }),
  write: async (tx, { scope, uuid, ifMatch }) => {
    const store = customerStore(tx, scope);
    const customer = await store.require(uuid);
    ensureVersionNamed(ifMatch, customer.version);
    const now = new Date(tx.now());
    const change = { before: customer, after: nextVersion(customer, now) };
    const { body } = await store.markDeleted(change, now);
    await appendEvent(tx, { teamId: scope.teamId, kind: 'deleted', ...change, body });
    return successAnswer(200, {
      message: 'Customer deleted successfully',
      json: JSON.stringify({ uuid: customer.uuid, id: customer.uuid, deleted: true }),
    });
  },
});
