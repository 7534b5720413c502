import { PartnerError } from '@countersign/contract';
import { sql } from 'kysely';
import { type StatementParts, statement } from '../../storage/statement.js';
import type { Reader, Transaction } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';
import { dropDelivery } from '../outbox/old-delivery-store.js';
import { ANY_EVENT, type WebhookScope } from '../subscriptions/webhook-store.js';

/** How long a listener lives that says nothing, in milliseconds. */
const SILENCE_MS = 90_000;
/** By how much its life is prolonged at least, in milliseconds: an acknowledgement that comes twice changes nothing. */
const PROLONGED_MS = 5_000;
/** Most listeners of a team at once. */
const MOST_LISTENERS = 20;

/** A listener of an app, for a team: it takes every event of the team until it ends. */
export interface ListenerKey extends WebhookScope {
  readonly uuid: string;
}

/** An event that waits for a listener. */
export interface HeldEvent {
  /** The delivery's UUID. */
  readonly uuid: string;
  readonly event: string;
  readonly customerUuid: string;
  readonly version: number;
}

const insertListener = statement<ListenerKey>()(({ db, param, dialect }) =>
  db.insertInto('webhooks').values({
    team_id: param('teamId'),
    uuid: param.uuid('uuid'),
    app_id: param('appId'),
    event: ANY_EVENT,
    callback_url: '',
    queue: param.uuid('uuid'),
    // Its deliveries are held until it has fetched them.
    status: 'paused',
    encrypted_secret: null,
    previous_encrypted_secret: null,
    previous_secret_until: null,
    created_at: dialect.now(),
    updated_at: dialect.now(),
    failing_since: null,
    disabled_reason: null,
    expires_at: sql<number>`${dialect.now()} + ${sql.lit(SILENCE_MS)}`,
    deleted_at: null,
  }),
);

const countListeners = statement<{ teamId: number }>()(({ db, param, dialect }) =>
  db
    .selectFrom('webhooks')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('team_id', '=', param('teamId'))
    .where('deleted_at', 'is', null)
    .where('expires_at', '>', dialect.now()),
);

const findListener = statement<ListenerKey>()(({ db, param, dialect }) =>
  db
    .selectFrom('webhooks')
    .select('expires_at')
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('uuid'))
    .where('app_id', '=', param('appId'))
    .where('deleted_at', 'is', null)
    .where('expires_at', '>', dialect.now()),
);

const prolong = statement<ListenerKey>()(({ db, param, dialect }) =>
  db
    .updateTable('webhooks')
    .set({ expires_at: sql<number>`${dialect.now()} + ${sql.lit(SILENCE_MS)}` })
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('uuid'))
    .where('expires_at', '<', sql<number>`${dialect.now()} + ${sql.lit(SILENCE_MS - PROLONGED_MS)}`),
);

const end = statement<ListenerKey>()(({ db, param, dialect }) =>
  db
    .updateTable('webhooks')
    .set({ deleted_at: dialect.now(), status: 'disabled' })
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('uuid')),
);

const held = <P extends ListenerKey>({ db, param }: StatementParts<P>) =>
  db
    .selectFrom('webhook_deliveries')
    .select(['uuid', 'event', 'customer_uuid', 'version'])
    .where('team_id', '=', param('teamId'))
    .where('webhook_uuid', '=', param.uuid('uuid'))
    .where('status', '=', 'held');

const listHeld = statement<ListenerKey & { limit: number }>()((parts) =>
  held(parts).orderBy('created_at').orderBy('customer_uuid').orderBy('version').limit(parts.param('limit')),
);

const findHeld = statement<ListenerKey & { deliveryUuid: string }>()((parts) =>
  held(parts).where('webhook_deliveries.uuid', '=', parts.param.uuid('deliveryUuid')),
);

/** Begins a listener. @throws PartnerError `validation_error` when the team has too many */
export async function insertListenerOf(tx: Transaction, listener: ListenerKey): Promise<void> {
  const count = (await tx.first(countListeners, { teamId: listener.teamId }))?.count ?? 0;
  if (count < MOST_LISTENERS) {
    await tx.run(insertListener, listener);
    return;
  }
  const message = `A team can have ${MOST_LISTENERS} listeners at once; the oldest ends by itself when it is gone.`;
  throw new PartnerError('validation_error', message, { errors: [{ field: '', code: 'too_many_listeners', message }] });
}

/** @throws PartnerError `webhook_not_found` when the listener has ended, or is another's */
export async function requireListener(reader: Reader, listener: ListenerKey): Promise<void> {
  if ((await reader.first(findListener, listener)) === undefined) {
    throw new PartnerError('webhook_not_found', 'Listener not found, or it was silent for too long.');
  }
}

/** What waits for a listener, earlier versions of a customer before later ones. */
export async function listHeldEvents(reader: Reader, listener: ListenerKey, limit: number): Promise<HeldEvent[]> {
  return (await reader.all(listHeld, { ...listener, limit })).map(heldEvent);
}

/** Drops what a listener has had, and lets it live on. */
export async function acknowledge(tx: Transaction, listener: ListenerKey, uuids: readonly string[]): Promise<void> {
  await tx.run(prolong, listener);
  for (const deliveryUuid of uuids) {
    const row = await tx.first(findHeld, { ...listener, deliveryUuid });
    if (row !== undefined) await dropDelivery(tx, { teamId: listener.teamId, ...heldEvent(row) });
  }
}

/** Ends a listener; what it has not had goes soon after. */
export async function endListener(tx: Transaction, listener: ListenerKey): Promise<void> {
  await tx.run(end, listener);
}

function heldEvent(row: {
  readonly uuid: Uint8Array | string;
  readonly event: string;
  readonly customer_uuid: Uint8Array | string;
  readonly version: number;
}): HeldEvent {
  return {
    uuid: uuidText(row.uuid),
    event: row.event,
    customerUuid: uuidText(row.customer_uuid),
    version: row.version,
  };
}
