import type { TeamScope } from '../partner-api/write/verb-request.js';
import type { Transaction } from '../storage/storage.js';
import { appendEvent } from '../webhooks/outbox/outbox.js';
import type { CustomerRow } from './customer-row.js';
import { type CustomerChange, customerStore } from './customer-store.js';

/**
 * Stores a customer that was updated, whatever of it, appends the event, and gives the row as it is then.
 *
 * @throws PartnerError `email_already_exists`, `external_id_already_exists`, `validation_error` for one that is too large
 */
export async function changeCustomer(tx: Transaction, scope: TeamScope, change: CustomerChange): Promise<CustomerRow> {
  const row = await customerStore(tx, scope).update(change);
  await appendEvent(tx, { teamId: scope.teamId, kind: 'updated', ...change, body: row.body });
  return row;
}
