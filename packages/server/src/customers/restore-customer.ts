import { PartnerError } from '@countersign/contract';
import { partnerCommand } from '../partner-api/write/partner-command.js';
import { customerAnswer } from './customer-answer.js';
import { nextVersion } from './customer-record.js';
import { customerRow } from './customer-row.js';
import { customerStore } from './customer-store.js';

/** One deleted customer to bring back. */
export interface RestoreCustomer {
  readonly teamId: number;
  readonly uuid: string;
}

/**
 * Brings a deleted customer back, `POST /partners/customers/{uuid}/restore`, contract §3.2. One that was never deleted
 * is answered as it is.
 */
export const restoreCustomer = partnerCommand<RestoreCustomer>('restore-customer', async (tx, { teamId, uuid }) => {
  const store = customerStore(tx, teamId);
  const found = await store.findWithDeleted(uuid);
  if (found === undefined) throw new PartnerError('customer_not_found');
  const { customer, isDeleted } = found;
  if (!isDeleted) return customerAnswer(customerRow(customer), { message: 'Customer is not deleted' });
  const row = await store.restore({ before: customer, after: nextVersion(customer, new Date(tx.now())) });
  return customerAnswer(row, { message: 'Customer restored successfully' });
});
