import { sql } from 'kysely';
import { statement } from '../../storage/statement.js';
import type { Transaction } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';
import { eventGrantId } from '../outbox/event-grant-store.js';
import type { WebhookKey } from './delivery-queue-store.js';

/** Teams found by one query. */
const MOST_TEAMS = 64;
/** Subscriptions of a team looked at in one query. */
const MOST_WEBHOOKS = 64;

/** For how long a receiver may fail before less is sent to it at once, in milliseconds. */
const STUMBLE_MS = 30_000;

/** A delivery that a worker has. */
export interface ClaimedDelivery {
  readonly uuid: string;
  readonly customerUuid: string;
  readonly version: number;
  readonly event: string;
  readonly attempts: number;
  readonly roundAttempts: number;
  readonly isTest: boolean;
}

/** A subscription as it is needed to send. */
export interface SendingWebhook {
  readonly callbackUrl: string;
  readonly encryptedSecret: string | null;
  readonly previousEncryptedSecret: string | null;
  readonly previousSecretUntil: number | null;
  /** Whether it has been failing for a while: a receiver that stumbles is not yet slowed down. */
  readonly isFailing: boolean;
  /** Whether its app may be told of the team's customers. */
  readonly isAllowed: boolean;
}

/** What a delivery tells. */
export interface EventContent {
  readonly occurredAt: number;
  readonly data: string;
  readonly previousData: string | null;
  readonly teamUuid: string;
  readonly teamName: string;
}

// A step of the index for each team, whatever lies between: one with a million deliveries costs as much as one with one.
const teamsWithDue = statement<{ from: number }>()(({ db, param, dialect }) =>
  db
    .withRecursive('team(id)', (cte) =>
      cte
        .selectNoFrom(
          cte
            .selectFrom('webhook_deliveries')
            .select(({ fn }) => fn.min('team_id').as('id'))
            .where('due_at', 'is not', null)
            .where('team_id', '>=', param('from'))
            .as('id'),
        )
        .unionAll(
          cte
            .selectFrom('team')
            .select((row) =>
              row
                .selectFrom('webhook_deliveries')
                .select(({ fn }) => fn.min('team_id').as('id'))
                .where('due_at', 'is not', null)
                .whereRef('team_id', '>', 'team.id')
                .as('id'),
            )
            .where('team.id', 'is not', null),
        ),
    )
    .selectFrom('team')
    .select('id')
    .where('id', 'is not', null)
    .where(({ exists }) =>
      exists(
        db
          .selectFrom('webhook_deliveries as delivery')
          .select(sql.lit(1).as('one'))
          .whereRef('delivery.team_id', '=', sql.ref('team.id'))
          .where('delivery.due_at', '<=', dialect.now()),
      ),
    )
    .limit(sql.lit(MOST_TEAMS)),
);

// The same for the subscriptions of a team: a dead one neither hides the others nor slows them down.
const webhooksWithDue = statement<{ teamId: number; after: string }>()(({ db, param, dialect }) =>
  db
    .withRecursive('webhook(uuid)', (cte) =>
      cte
        .selectNoFrom(
          cte
            .selectFrom('webhook_deliveries')
            .select('webhook_uuid')
            .where('team_id', '=', param('teamId'))
            .where('due_at', 'is not', null)
            .where('webhook_uuid', '>', param.uuid('after'))
            .orderBy('webhook_uuid')
            .limit(sql.lit(1))
            .as('uuid'),
        )
        .unionAll(
          cte
            .selectFrom('webhook')
            .select((row) =>
              row
                .selectFrom('webhook_deliveries')
                .select('webhook_uuid')
                .where('team_id', '=', param('teamId'))
                .where('due_at', 'is not', null)
                .whereRef('webhook_uuid', '>', 'webhook.uuid')
                .orderBy('webhook_uuid')
                .limit(sql.lit(1))
                .as('uuid'),
            )
            .where('webhook.uuid', 'is not', null),
        ),
    )
    .selectFrom('webhook')
    .select('uuid')
    .where('uuid', 'is not', null)
    .where(({ exists }) =>
      exists(
        db
          .selectFrom('webhook_deliveries as delivery')
          .select(sql.lit(1).as('one'))
          .where('delivery.team_id', '=', param('teamId'))
          .whereRef('delivery.webhook_uuid', '=', sql.ref('webhook.uuid'))
          .where('delivery.due_at', '<=', dialect.now()),
      ),
    )
    .limit(sql.lit(MOST_WEBHOOKS)),
);

const claimDue = statement<WebhookKey & { limit: number; leaseMs: number }>()(({ db, param, dialect }) =>
  db
    .with(
      (name) => name('picked').materialized(),
      (cte) =>
        dialect.forUpdateSkipLocked(
          cte
            .selectFrom('webhook_deliveries')
            .select('uuid')
            .where('team_id', '=', param('teamId'))
            .where('webhook_uuid', '=', param.uuid('webhookUuid'))
            .where('due_at', '<=', dialect.now())
            .orderBy('due_at')
            .limit(param('limit')),
        ),
    )
    .updateTable('webhook_deliveries')
    .set({
      // Where the worker dies, the delivery is due again by itself.
      due_at: sql<number>`${dialect.now()} + ${param('leaseMs')}`,
      claimed_until: sql<number>`${dialect.now()} + ${param('leaseMs')}`,
    })
    .where('team_id', '=', param('teamId'))
    .where('uuid', 'in', (row) => row.selectFrom('picked').select('uuid'))
    .returning(['uuid', 'customer_uuid', 'version', 'event', 'attempts', 'round_attempts', 'is_test']),
);

const renewLease = statement<{ teamId: number; uuid: string; leaseMs: number }>()(({ db, param, dialect }) =>
  db
    .updateTable('webhook_deliveries')
    .set({
      due_at: sql<number>`${dialect.now()} + ${param('leaseMs')}`,
      claimed_until: sql<number>`${dialect.now()} + ${param('leaseMs')}`,
    })
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('uuid'))
    .where('status', '=', 'pending')
    .where('claimed_until', 'is not', null),
);

const sendingWebhook = statement<WebhookKey>()((parts) => {
  const { db, param, dialect } = parts;
  return db
    .selectFrom('webhooks as webhook')
    .innerJoin('apps as app', 'app.id', 'webhook.app_id')
    .select([
      'webhook.callback_url',
      'webhook.encrypted_secret',
      'webhook.previous_encrypted_secret',
      'webhook.previous_secret_until',
      sql<number>`case when webhook.failing_since <= ${dialect.now()} - ${sql.lit(STUMBLE_MS)} then 1 else 0 end`.as(
        'is_failing',
      ),
      'app.disabled_at',
      eventGrantId(parts).as('grant_id'),
    ])
    .where('webhook.team_id', '=', param('teamId'))
    .where('webhook.uuid', '=', param.uuid('webhookUuid'))
    .where('webhook.deleted_at', 'is', null);
});

const eventContent = statement<{ teamId: number; customerUuid: string; version: number }>()(({ db, param }) =>
  db
    .selectFrom('webhook_events as event')
    .innerJoin('teams as team', 'team.id', 'event.team_id')
    .select(['event.occurred_at', 'event.data', 'event.previous_data', 'team.uuid', 'team.name'])
    .where('event.team_id', '=', param('teamId'))
    .where('event.customer_uuid', '=', param.uuid('customerUuid'))
    .where('event.version', '=', param('version')),
);

/** Every team that has something to send now, from an id on, in the order of their ids. */
export async function* teamsWithDueFrom(tx: Transaction, from: number): AsyncGenerator<number> {
  let place = from;
  let count: number;
  do {
    const rows = await tx.all(teamsWithDue, { from: place });
    const ids = rows.flatMap(({ id }) => (id === null ? [] : [id]));
    yield* ids;
    count = ids.length;
    place = (ids.at(-1) ?? place) + 1;
  } while (count === MOST_TEAMS);
}

/** Some subscriptions of a team with something that is due now, behind a UUID. */
export async function listWebhooksWithDue(tx: Transaction, teamId: number, after: string): Promise<string[]> {
  const rows = await tx.all(webhooksWithDue, { teamId, after });
  return rows.flatMap(({ uuid }) => (uuid === null ? [] : [uuidText(uuid)]));
}

/** Takes deliveries of a subscription that are due, for as long as the lease; nobody else gets them before its end. */
export async function claimDueDeliveries(
  tx: Transaction,
  claim: WebhookKey & { readonly limit: number; readonly leaseMs: number },
): Promise<ClaimedDelivery[]> {
  const rows = await tx.all(claimDue, claim);
  return rows.map((row) => ({
    uuid: uuidText(row.uuid),
    customerUuid: uuidText(row.customer_uuid),
    version: row.version,
    event: row.event,
    attempts: row.attempts,
    roundAttempts: row.round_attempts,
    isTest: row.is_test === 1,
  }));
}

/** Prolongs the lease of a delivery that is still in flight. */
export async function renewLeaseOf(
  tx: Transaction,
  lease: { readonly teamId: number; readonly uuid: string; readonly leaseMs: number },
): Promise<void> {
  await tx.run(renewLease, lease);
}

/** A subscription as it is needed to send, or undefined when it is gone. */
export async function findSendingWebhook(tx: Transaction, webhook: WebhookKey): Promise<SendingWebhook | undefined> {
  const row = await tx.first(sendingWebhook, webhook);
  if (row === undefined) return undefined;
  return {
    callbackUrl: row.callback_url,
    encryptedSecret: row.encrypted_secret,
    previousEncryptedSecret: row.previous_encrypted_secret,
    previousSecretUntil: row.previous_secret_until,
    isFailing: row.is_failing === 1,
    isAllowed: row.disabled_at === null && row.grant_id !== null,
  };
}

/** What an event tells, or undefined when it is gone. */
export async function findEventContent(
  tx: Pick<Transaction, 'first'>,
  event: { readonly teamId: number; readonly customerUuid: string; readonly version: number },
): Promise<EventContent | undefined> {
  const row = await tx.first(eventContent, event);
  if (row === undefined) return undefined;
  return {
    occurredAt: row.occurred_at,
    data: row.data,
    previousData: row.previous_data,
    teamUuid: uuidText(row.uuid),
    teamName: row.name,
  };
}
