import { sql } from 'kysely';
import { type StatementParts, statement } from '../../storage/statement.js';
import type { Transaction } from '../../storage/storage.js';
import { lockTeamQueues } from '../delivery/delivery-queue-store.js';

/** A customer, whose events are forgotten. */
export interface OfCustomer {
  readonly teamId: number;
  readonly uuid: string;
}

/** A customer that lives on, from a version on. */
export interface OfCustomerSince extends OfCustomer {
  readonly from: number;
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

/** What tells that a customer is gone has nothing of it. */
const WITHOUT_CONTENTS = 'customer.deleted';

const deliveriesSince = <P extends OfCustomerSince>(parts: StatementParts<P>) =>
  deliveriesOf(parts).where('version', '>=', parts.param('from')).where('event', '<>', sql.lit(WITHOUT_CONTENTS));

const deleteSince = (table: 'webhook_deliveries' | 'webhook_events') =>
  statement<OfCustomerSince>()(({ db, param }) =>
    db
      .deleteFrom(table)
      .where('team_id', '=', param('teamId'))
      .where('customer_uuid', '=', param.uuid('uuid'))
      .where('version', '>=', param('from'))
      .where('event', '<>', sql.lit(WITHOUT_CONTENTS)),
  );

const deleteAttemptsSince = statement<OfCustomerSince>()((parts) =>
  parts.db
    .deleteFrom('webhook_attempts')
    .where('team_id', '=', parts.param('teamId'))
    .where('delivery_uuid', 'in', deliveriesSince(parts)),
);
const deleteDeliveriesSince = deleteSince('webhook_deliveries');
const deleteEventsSince = deleteSince('webhook_events');

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

/** Deletes the events of a customer from a version on that tell of its contents, their deliveries and attempts. */
export async function deleteEventsOfSince(tx: Transaction, customer: OfCustomerSince): Promise<void> {
  await lockTeamQueues(tx, customer.teamId);
  for (const deletion of [deleteAttemptsSince, deleteDeliveriesSince, deleteEventsSince]) {
    await tx.run(deletion, customer);
  }
}
