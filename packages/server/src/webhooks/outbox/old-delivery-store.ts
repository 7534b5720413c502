import { sql } from 'kysely';
import { currentTime } from '../../clock.js';
import { type StatementParts, statement } from '../../storage/statement.js';
import { command, type Transaction } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';
import type { WebhookKey } from '../delivery/delivery-queue-store.js';

/** Deliveries dropped in one transaction. */
const MOST_DELIVERIES = 200;
/** Subscriptions looked at in one transaction. */
const MOST_WEBHOOKS = 50;

const FIRST_UUID = '00000000-0000-0000-0000-000000000000';

/** Where to go on among the subscriptions, and for how long deliveries are kept, in milliseconds. */
export interface DropOldDeliveries {
  readonly after: WebhookKey;
  readonly keepDeliveredMs: number;
  readonly keepFailedMs: number;
}

/** Where a walk through all subscriptions begins. */
export const FIRST_WEBHOOK: WebhookKey = { teamId: 0, webhookUuid: FIRST_UUID };

interface Finished extends WebhookKey {
  readonly status: 'delivered' | 'failed';
  /** Milliseconds since 1970. */
  readonly before: number;
  readonly limit: number;
}

interface DeliveryOfEvent {
  readonly teamId: number;
  readonly uuid: string;
  readonly customerUuid: string;
  readonly version: number;
}

const nextWebhooks = statement<WebhookKey>()(({ db, param, dialect }) =>
  db
    .selectFrom('webhooks')
    .select(['team_id', 'uuid', 'deleted_at'])
    .select(sql<number>`case when expires_at <= ${dialect.now()} then 1 else 0 end`.as('is_expired'))
    .where((row) =>
      row.or([
        row('team_id', '>', param('teamId')),
        row.and([row('team_id', '=', param('teamId')), row('uuid', '>', param.uuid('webhookUuid'))]),
      ]),
    )
    .orderBy('team_id')
    .orderBy('uuid')
    .limit(sql.lit(MOST_WEBHOOKS)),
);

const ofWebhook = <P extends WebhookKey>({ db, param }: StatementParts<P>) =>
  db
    .selectFrom('webhook_deliveries')
    .select(['uuid', 'customer_uuid', 'version'])
    .where('team_id', '=', param('teamId'))
    .where('webhook_uuid', '=', param.uuid('webhookUuid'));

const oldDeliveries = statement<Finished & { madeBefore: string }>()((parts) =>
  ofWebhook(parts)
    .where('status', '=', parts.param('status'))
    .where('uuid', '<', parts.param.uuid('madeBefore'))
    .where('finished_at', '<', parts.param('before'))
    .orderBy('uuid')
    .limit(parts.param('limit')),
);

const anyDeliveries = statement<WebhookKey & { limit: number }>()((parts) =>
  ofWebhook(parts).limit(parts.param('limit')),
);

const deleteAttempts = statement<DeliveryOfEvent>()(({ db, param }) =>
  db
    .deleteFrom('webhook_attempts')
    .where('team_id', '=', param('teamId'))
    .where('delivery_uuid', '=', param.uuid('uuid')),
);

const deleteOne = ({ db, param }: StatementParts<DeliveryOfEvent>) =>
  db.deleteFrom('webhook_deliveries').where('team_id', '=', param('teamId')).where('uuid', '=', param.uuid('uuid'));

const deleteDelivery = statement<DeliveryOfEvent>()(deleteOne);

const deleteFinished = statement<DeliveryOfEvent>()((parts) =>
  deleteOne(parts).where('status', 'in', ['delivered', 'failed']),
);

const deleteLonelyEvent = statement<DeliveryOfEvent>()(({ db, param }) =>
  db
    .deleteFrom('webhook_events')
    .where('team_id', '=', param('teamId'))
    .where('customer_uuid', '=', param.uuid('customerUuid'))
    .where('version', '=', param('version'))
    .where('is_fanned_out', '=', sql.lit(1))
    .where(({ not, exists }) =>
      not(
        exists(
          db
            .selectFrom('webhook_deliveries as delivery')
            .select(sql.lit(1).as('one'))
            .where('delivery.team_id', '=', param('teamId'))
            .where('delivery.customer_uuid', '=', param.uuid('customerUuid'))
            .where('delivery.version', '=', param('version')),
        ),
      ),
    ),
);

const deleteWebhook = statement<WebhookKey>()(({ db, param }) =>
  db.deleteFrom('webhooks').where('team_id', '=', param('teamId')).where('uuid', '=', param.uuid('webhookUuid')),
);

/**
 * Drops some deliveries that were kept long enough, with their attempts, and events that nobody needs any more; and what
 * is left of subscriptions that were deleted. Gives where to go on, or undefined at the end.
 */
export const dropOldDeliveries = command<DropOldDeliveries, WebhookKey | undefined>({
  name: 'drop-old-deliveries',
  locksRows: true,
  run: async (tx, { after, keepDeliveredMs, keepFailedMs }) => {
    const now = currentTime();
    const webhooks = await tx.all(nextWebhooks, after);
    let place = after;
    let left = MOST_DELIVERIES;
    for (const row of webhooks) {
      const webhook = { teamId: row.team_id, webhookUuid: uuidText(row.uuid) };
      const isEnded = row.deleted_at !== null || row.is_expired === 1;
      left -= isEnded
        ? await dropAll(tx, webhook, left)
        : (await dropFinished(tx, { ...webhook, status: 'delivered', before: now - keepDeliveredMs, limit: left })) +
          (await dropFinished(tx, { ...webhook, status: 'failed', before: now - keepFailedMs, limit: left }));
      if (left <= 0) return place;
      if (isEnded) await tx.run(deleteWebhook, webhook);
      place = webhook;
    }
    return webhooks.length < MOST_WEBHOOKS ? undefined : place;
  },
});

async function dropFinished(tx: Transaction, finished: Finished): Promise<number> {
  const rows = await tx.all(oldDeliveries, { ...finished, madeBefore: firstUuidAt(finished.before) });
  for (const row of rows) {
    const delivery = deliveryOf(finished.teamId, row);
    // Not one that somebody has sent again since it was found.
    if ((await tx.run(deleteFinished, delivery)) > 0) await dropRemains(tx, delivery);
  }
  return rows.length;
}

async function dropAll(tx: Transaction, webhook: WebhookKey, limit: number): Promise<number> {
  const rows = await tx.all(anyDeliveries, { ...webhook, limit });
  for (const row of rows) await dropDelivery(tx, deliveryOf(webhook.teamId, row));
  return rows.length;
}

interface Row {
  readonly uuid: Uint8Array | string;
  readonly customer_uuid: Uint8Array | string;
  readonly version: number;
}

function deliveryOf(teamId: number, { uuid, customer_uuid, version }: Row): DeliveryOfEvent {
  return { teamId, uuid: uuidText(uuid), customerUuid: uuidText(customer_uuid), version };
}

/** Drops a delivery with its attempts, and its event where no other delivery tells it. */
export async function dropDelivery(tx: Transaction, delivery: DeliveryOfEvent): Promise<void> {
  await tx.run(deleteDelivery, delivery);
  await dropRemains(tx, delivery);
}

async function dropRemains(tx: Transaction, delivery: DeliveryOfEvent): Promise<void> {
  await tx.run(deleteAttempts, delivery);
  await tx.run(deleteLonelyEvent, delivery);
}

// The smallest UUID of version 7 of a time: deliveries made before it have smaller ones.
function firstUuidAt(time: number): string {
  const hex = Math.max(0, time).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
