import { ensureVersionNamed } from '../http/entity-tag.js';
import { successAnswer } from '../partner-api/write/answer.js';
import { partnerCommand } from '../partner-api/write/partner-command.js';
import { nextVersion } from './customer-record.js';
import { customerStore } from './customer-store.js';

/** One customer to take out of every read. */
export interface DeleteCustomer {
  readonly teamId: number;
  readonly uuid: string;
  readonly ifMatch: string | undefined;
}

/** Takes a customer out of every read and frees its email, `DELETE /partners/customers/{uuid}`, contract §3.2. */
export const deleteCustomer = partnerCommand<DeleteCustomer>(
  'delete-customer',
  async (tx, { teamId, uuid, ifMatch }) => {
    const store = customerStore(tx, teamId);
    const customer = await store.get(uuid);
    ensureVersionNamed(ifMatch, customer.version);
    const now = new Date(tx.now());
    await store.markDeleted({ before: customer, after: nextVersion(customer, now) }, now);
    return successAnswer(200, {
      message: 'Customer deleted successfully',
      json: JSON.stringify({ uuid: customer.uuid, id: customer.uuid, deleted: true }),
    });
  },
);
