import { type StatementParts, statement } from '../../storage/statement.js';
import type { Transaction } from '../../storage/storage.js';
import { lockTeamQueues } from '../delivery/delivery-queue-store.js';

/** A customer, whose events are forgotten. */
export interface OfCustomer {
  readonly teamId: number;
  readonly uuid: string;
}

const deliveriesOf = <P extends OfCustomer>({ db, param }: StatementParts<P>) =>
  db
    .selectFrom('webhook_deliveries')
    .select('uuid')
    .where('team_id', '=', param('teamId'))
    .where('customer_uuid', '=', param.uuid('uuid'));

const deleteFrom = (table: 'webhook_deliveries' | 'webhook_events') =>
  statement<OfCustomer>()(({ db, param }) =>
    db.deleteFrom(table).where('team_id', '=', param('teamId')).where('customer_uuid', '=', param.uuid('uuid')),
  );

const deleteAttempts = statement<OfCustomer>()((parts) =>
  parts.db
    .deleteFrom('webhook_attempts')
    .where('team_id', '=', parts.param('teamId'))
    .where('delivery_uuid', 'in', deliveriesOf(parts)),
);
const deleteDeliveries = deleteFrom('webhook_deliveries');
const deleteEvents = deleteFrom('webhook_events');

/** Deletes all events of a customer, their deliveries and attempts. The attempt of one that is in flight is not recorded. */
export async function deleteEventsOf(tx: Transaction, customer: OfCustomer): Promise<void> {
  await lockTeamQueues(tx, customer.teamId);
  for (const deletion of [deleteAttempts, deleteDeliveries, deleteEvents]) await tx.run(deletion, customer);
}
