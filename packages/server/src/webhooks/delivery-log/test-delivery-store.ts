import { statement } from '../../storage/statement.js';
import type { Transaction } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';
import type { WebhookKey } from '../delivery/delivery-queue-store.js';

/** An example event for one subscription. */
export interface NewTestDelivery extends WebhookKey {
  readonly queue: string;
  /** Of no customer that there is. */
  readonly customerUuid: string;
  readonly version: number;
  readonly event: string;
  /** JSON. */
  readonly data: string;
  /** JSON, or null. */
  readonly previousData: string | null;
}

const insertTestEvent = statement<NewTestDelivery>()(({ db, param, dialect }) =>
  db.insertInto('webhook_events').values({
    team_id: param('teamId'),
    customer_uuid: param.uuid('customerUuid'),
    version: param('version'),
    event: param('event'),
    occurred_at: dialect.now(),
    written_at: dialect.now(),
    data: param('data'),
    previous_data: param('previousData'),
    is_fanned_out: 1,
  }),
);

const insertTestDelivery = statement<NewTestDelivery>()(({ db, param, dialect }) =>
  db
    .insertInto('webhook_deliveries')
    .values({
      team_id: param('teamId'),
      uuid: dialect.newOrderedUuid(),
      webhook_uuid: param.uuid('webhookUuid'),
      queue: param.uuid('queue'),
      customer_uuid: param.uuid('customerUuid'),
      version: param('version'),
      event: param('event'),
      status: 'pending',
      due_at: dialect.now(),
      claimed_until: null,
      attempts: 0,
      round_attempts: 0,
      created_at: dialect.now(),
      finished_at: null,
      is_test: 1,
    })
    .returning('uuid'),
);

/** Stores an example event and its delivery, due at once; gives the delivery's UUID. */
export async function insertTestDeliveryOf(tx: Transaction, test: NewTestDelivery): Promise<string> {
  await tx.run(insertTestEvent, test);
  const row = await tx.first(insertTestDelivery, test);
  if (row === undefined) throw new Error('a test delivery was stored and not given back');
  return uuidText(row.uuid);
}
