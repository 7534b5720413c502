import { PartnerError } from '@countersign/contract';
import { partnerCommand } from '../http/partner-command.js';
import { customerAnswer } from './customer-answer.js';
import { nextVersion } from './customer-record.js';
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
  const live = await store.findByUuid(uuid);
  if (live !== undefined) return customerAnswer(live, { message: 'Customer is not deleted' });
  const deleted = await store.findDeleted(uuid);
  if (deleted === undefined) throw new PartnerError('customer_not_found');
  const row = await store.update(nextVersion(deleted, new Date()));
  return customerAnswer(row, { message: 'Customer restored successfully' });
});
