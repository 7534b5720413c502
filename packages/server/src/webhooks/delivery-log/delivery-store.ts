import { sql } from 'kysely';
import { type StatementParts, statement } from '../../storage/statement.js';
import type { Reader, Transaction } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';
import type { WebhookKey } from '../delivery/delivery-queue-store.js';

/** A delivery as stored. */
export interface StoredDelivery {
  readonly uuid: string;
  readonly webhookUuid: string;
  readonly queue: string;
  readonly customerUuid: string;
  readonly version: number;
  readonly event: string;
  readonly status: StoredStatus;
  readonly dueAt: number | null;
  readonly claimedUntil: number | null;
  readonly attempts: number;
  readonly createdAt: number;
  readonly finishedAt: number | null;
  readonly isTest: boolean;
}

/** The state of a delivery; `held` is told as pending. */
export type StoredStatus = 'pending' | 'held' | 'delivered' | 'failed';

/** Every state, for a list of all. */
export const STORED_STATUSES: readonly StoredStatus[] = ['pending', 'held', 'delivered', 'failed'];

/** An attempt as stored. */
export interface StoredAttempt {
  readonly number: number;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly statusCode: number | null;
  readonly error: string | null;
  /** JSON. */
  readonly requestHeaders: string;
  readonly answerStart: string | null;
}

/** One delivery of a subscription. */
export interface DeliveryKey extends WebhookKey {
  readonly uuid: string;
}

const COLUMNS = [
  'uuid',
  'webhook_uuid',
  'queue',
  'customer_uuid',
  'version',
  'event',
  'status',
  'due_at',
  'claimed_until',
  'attempts',
  'created_at',
  'finished_at',
  'is_test',
] as const;

const ofWebhook = <P extends WebhookKey>({ db, param }: StatementParts<P>) =>
  db
    .selectFrom('webhook_deliveries')
    .select(COLUMNS)
    .where('team_id', '=', param('teamId'))
    .where('webhook_uuid', '=', param.uuid('webhookUuid'));

const findDelivery = statement<DeliveryKey>()((parts) => ofWebhook(parts).where('uuid', '=', parts.param.uuid('uuid')));

const listDeliveries = statement<WebhookKey & { status: string; before: string; limit: number }>()((parts) =>
  ofWebhook(parts)
    .where('status', '=', parts.param('status'))
    .where('uuid', '<', parts.param.uuid('before'))
    .orderBy('uuid', 'desc')
    .limit(parts.param('limit')),
);

const listAttempts = statement<{ teamId: number; deliveryUuid: string }>()(({ db, param }) =>
  db
    .selectFrom('webhook_attempts')
    .select(['number', 'started_at', 'duration_ms', 'status_code', 'error', 'request_headers', 'answer_start'])
    .where('team_id', '=', param('teamId'))
    .where('delivery_uuid', '=', param.uuid('deliveryUuid'))
    .orderBy('number'),
);

const webhookOf = <P extends WebhookKey>({ db, param }: StatementParts<P>) =>
  db
    .selectFrom('webhooks')
    .where('webhooks.team_id', '=', param('teamId'))
    .where('webhooks.uuid', '=', param.uuid('webhookUuid'));

const statusOfWebhook = <P extends WebhookKey>(parts: StatementParts<P>) =>
  webhookOf(parts).select((row) =>
    row
      .case()
      .when('webhooks.status', '=', sql.lit('active'))
      .then(sql.lit('pending'))
      .else(sql.lit('held'))
      .end()
      .as('status'),
  );

// As new, in the queue of the address of now.
const anew = <P extends WebhookKey>(parts: StatementParts<P>) =>
  parts.db
    .updateTable('webhook_deliveries')
    .set({
      status: sql<string>`(${statusOfWebhook(parts)})`,
      queue: sql<string>`(${webhookOf(parts).select('webhooks.queue')})`,
      due_at: null,
      claimed_until: null,
      finished_at: null,
      round_attempts: 0,
    })
    .where('team_id', '=', parts.param('teamId'));

const sendAgain = statement<DeliveryKey>()((parts) =>
  anew(parts)
    .where('uuid', '=', parts.param.uuid('uuid'))
    .where((row) => row.or([row('claimed_until', 'is', null), row('claimed_until', '<=', parts.dialect.now())])),
);

const sendFailedAgain = statement<WebhookKey & { since: number }>()((parts) =>
  anew(parts)
    .where('webhook_uuid', '=', parts.param.uuid('webhookUuid'))
    .where('status', '=', 'failed')
    .where('created_at', '>=', parts.param('since')),
);

const sendPutOffNow = statement<WebhookKey & { since: number }>()(({ db, param, dialect }) =>
  db
    .updateTable('webhook_deliveries')
    .set({ due_at: dialect.now(), round_attempts: 0 })
    .where('team_id', '=', param('teamId'))
    .where('webhook_uuid', '=', param.uuid('webhookUuid'))
    .where('due_at', '>', dialect.now())
    .where('claimed_until', 'is', null)
    .where('created_at', '>=', param('since')),
);

/** A delivery of a subscription, or undefined. */
export async function findDeliveryOf(reader: Reader, key: DeliveryKey): Promise<StoredDelivery | undefined> {
  const row = await reader.first(findDelivery, key);
  return row === undefined ? undefined : storedDelivery(row);
}

/** Which deliveries of a subscription to list, newest first. */
export interface DeliveryQuery extends WebhookKey {
  readonly statuses: readonly StoredStatus[];
  /** Only deliveries made before the one of this UUID. */
  readonly before: string | undefined;
  readonly limit: number;
}

const LAST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Deliveries of a subscription, newest first. */
export async function listDeliveriesOf(
  reader: Reader,
  { teamId, webhookUuid, statuses, before = LAST_UUID, limit }: DeliveryQuery,
): Promise<StoredDelivery[]> {
  // Each status has a place of its own in the index; the newest of all are among the newest of each.
  const lists = await Promise.all(
    statuses.map((status) => reader.all(listDeliveries, { teamId, webhookUuid, status, before, limit })),
  );
  return lists
    .flat()
    .map(storedDelivery)
    .sort((one, other) => (one.uuid < other.uuid ? 1 : -1))
    .slice(0, limit);
}

/** The attempts of a delivery, oldest first. */
export async function listAttemptsOf(reader: Reader, teamId: number, deliveryUuid: string): Promise<StoredAttempt[]> {
  const rows = await reader.all(listAttempts, { teamId, deliveryUuid });
  return rows.map((row) => ({
    number: row.number,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    statusCode: row.status_code,
    error: row.error,
    requestHeaders: row.request_headers,
    answerStart: row.answer_start,
  }));
}

/** Makes a delivery pending again, whatever it was; one that is in flight stays as it is. Follow with `orderQueue`. */
export async function sendDeliveryAgain(tx: Transaction, key: DeliveryKey): Promise<void> {
  await tx.run(sendAgain, key);
}

/**
 * Makes everything pending that was given up, and due what was put off, of deliveries made since a time in milliseconds
 * since 1970; gives how many. Follow with `orderWholeQueue`.
 */
export async function sendMissedAgain(
  tx: Transaction,
  missed: WebhookKey & { readonly since: number },
): Promise<number> {
  const putOff = await tx.run(sendPutOffNow, missed);
  return putOff + (await tx.run(sendFailedAgain, missed));
}

interface Row {
  readonly uuid: Uint8Array | string;
  readonly webhook_uuid: Uint8Array | string;
  readonly queue: Uint8Array | string;
  readonly customer_uuid: Uint8Array | string;
  readonly version: number;
  readonly event: string;
  readonly status: string;
  readonly due_at: number | null;
  readonly claimed_until: number | null;
  readonly attempts: number;
  readonly created_at: number;
  readonly finished_at: number | null;
  readonly is_test: number;
}

function storedDelivery(row: Row): StoredDelivery {
  return {
    uuid: uuidText(row.uuid),
    webhookUuid: uuidText(row.webhook_uuid),
    queue: uuidText(row.queue),
    customerUuid: uuidText(row.customer_uuid),
    version: row.version,
    event: row.event,
    status: asStatus(row.status),
    dueAt: row.due_at,
    claimedUntil: row.claimed_until,
    attempts: row.attempts,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    isTest: row.is_test === 1,
  };
}

// The column holds what the type says: nothing else writes it.
function asStatus(text: string): StoredStatus {
  return text as StoredStatus;
}
