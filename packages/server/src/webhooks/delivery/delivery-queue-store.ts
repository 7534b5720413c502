import { type ExpressionBuilder, sql } from 'kysely';
import { type StatementParts, statement } from '../../storage/statement.js';
import type { Transaction } from '../../storage/storage.js';
import type { Tables } from '../../storage/tables/tables.js';

/**
 * The rules of waiting. A delivery that is pending may be sent at `due_at`; null there means that it waits for an earlier
 * version of its customer in its queue. So there is always one that can go, unless all are held or finished, and never two
 * versions of a customer in flight to one address.
 */

/** Deliveries of one customer in a queue. */
export interface CustomerQueue {
  readonly teamId: number;
  readonly queue: string;
  readonly customerUuid: string;
}

/** All deliveries of an app to an address. */
export interface WholeQueue {
  readonly teamId: number;
  readonly queue: string;
}

/** All deliveries of a subscription. */
export interface WebhookKey {
  readonly teamId: number;
  readonly webhookUuid: string;
}

const lockQueues = statement<{ teamId: number }>()(({ db, param, dialect }) =>
  db.selectNoFrom(dialect.lockNumber(param('teamId')).as('locked')),
);

const pendingOf = <P extends CustomerQueue>({ db, param }: StatementParts<P>) =>
  db
    .selectFrom('webhook_deliveries')
    .where('team_id', '=', param('teamId'))
    .where('queue', '=', param.uuid('queue'))
    .where('customer_uuid', '=', param.uuid('customerUuid'))
    .where('status', '=', sql.lit('pending'));

const lowestVersion = <P extends CustomerQueue>(parts: StatementParts<P>) =>
  pendingOf(parts).select(({ fn }) => fn.min('version').as('lowest'));

const letFirstGo = statement<CustomerQueue>()((parts) => {
  const { db, param, dialect } = parts;
  return db
    .updateTable('webhook_deliveries')
    .set({ due_at: dialect.now() })
    .where('team_id', '=', param('teamId'))
    .where('queue', '=', param.uuid('queue'))
    .where('customer_uuid', '=', param.uuid('customerUuid'))
    .where('status', '=', sql.lit('pending'))
    .where('due_at', 'is', null)
    .where('version', '=', lowestVersion(parts))
    .where(({ not, exists }) =>
      not(exists(pendingOf(parts).select(sql.lit(1).as('one')).where('claimed_until', '>', dialect.now()))),
    );
});

const holdOthersBack = statement<CustomerQueue>()((parts) => {
  const { db, param, dialect } = parts;
  return db
    .updateTable('webhook_deliveries')
    .set({ due_at: null })
    .where('team_id', '=', param('teamId'))
    .where('queue', '=', param.uuid('queue'))
    .where('customer_uuid', '=', param.uuid('customerUuid'))
    .where('status', '=', sql.lit('pending'))
    .where('due_at', 'is not', null)
    .where((row) => row.or([row('claimed_until', 'is', null), row('claimed_until', '<=', dialect.now())]))
    .where('version', '>', lowestVersion(parts));
});

const otherPendingOf = ({ selectFrom }: ExpressionBuilder<Tables & { one: Tables['webhook_deliveries'] }, 'one'>) =>
  selectFrom('webhook_deliveries as other')
    .select(sql.lit(1).as('one'))
    .whereRef('other.team_id', '=', 'one.team_id')
    .whereRef('other.queue', '=', 'one.queue')
    .whereRef('other.customer_uuid', '=', 'one.customer_uuid')
    .where('other.status', '=', sql.lit('pending'));

const pendingInQueue = ({ db, param }: StatementParts<WholeQueue>) =>
  db
    .updateTable('webhook_deliveries as one')
    .where('one.team_id', '=', param('teamId'))
    .where('one.queue', '=', param.uuid('queue'))
    .where('one.status', '=', sql.lit('pending'));

const letAllFirstGo = statement<WholeQueue>()((parts) =>
  pendingInQueue(parts)
    .set({ due_at: parts.dialect.now() })
    .where('one.due_at', 'is', null)
    .where((one) =>
      one.not(
        one.exists(
          otherPendingOf(one).where((other) =>
            other.or([
              other('other.version', '<', other.ref('one.version')),
              other('other.claimed_until', '>', parts.dialect.now()),
            ]),
          ),
        ),
      ),
    ),
);

const holdAllOthersBack = statement<WholeQueue>()((parts) =>
  pendingInQueue(parts)
    .set({ due_at: null })
    .where('one.due_at', 'is not', null)
    .where((one) => one.or([one('one.claimed_until', 'is', null), one('one.claimed_until', '<=', parts.dialect.now())]))
    .where((one) => one.exists(otherPendingOf(one).whereRef('other.version', '<', 'one.version'))),
);

const ofWebhook = <P extends WebhookKey>({ db, param }: StatementParts<P>) =>
  db
    .updateTable('webhook_deliveries')
    .where('team_id', '=', param('teamId'))
    .where('webhook_uuid', '=', param.uuid('webhookUuid'));

const hold = statement<WebhookKey>()((parts) =>
  ofWebhook(parts).set({ status: 'held', due_at: null }).where('status', '=', sql.lit('pending')),
);

const unhold = statement<WebhookKey>()((parts) =>
  ofWebhook(parts)
    .set({
      status: 'pending',
      // One that is still in flight is due again at the end of its lease, as before it was held.
      due_at: sql<number | null>`case when claimed_until > ${parts.dialect.now()} then claimed_until end`,
      round_attempts: 0,
    })
    .where('status', '=', sql.lit('held')),
);

const giveUp = statement<WebhookKey>()((parts) =>
  ofWebhook(parts)
    .set({ status: 'failed', due_at: null, claimed_until: null, finished_at: parts.dialect.now() })
    .where('status', 'in', [sql.lit('pending'), sql.lit('held')]),
);

const move = statement<WebhookKey & { queue: string }>()((parts) =>
  ofWebhook(parts)
    .set({ queue: parts.param.uuid('queue') })
    .where('status', 'in', [sql.lit('pending'), sql.lit('held')]),
);

/**
 * Takes the queues of a team for this transaction. Whoever lets deliveries go or holds them back takes them first, so that
 * none is overlooked by two that work at the same time.
 */
export async function lockTeamQueues(tx: Transaction, teamId: number): Promise<void> {
  await tx.first(lockQueues, { teamId });
}

/** Lets the earliest pending version of a customer go, where none is in flight. */
export async function letNextGo(tx: Transaction, queue: CustomerQueue): Promise<void> {
  await tx.run(letFirstGo, queue);
}

/** Puts the earliest pending version of a customer first again, where one behind it was due. */
export async function orderQueue(tx: Transaction, queue: CustomerQueue): Promise<void> {
  await tx.run(holdOthersBack, queue);
  await tx.run(letFirstGo, queue);
}

/** The same for every customer in a queue, after deliveries were put into it or taken out of it. */
export async function orderWholeQueue(tx: Transaction, queue: WholeQueue): Promise<void> {
  await tx.run(holdAllOthersBack, queue);
  await tx.run(letAllFirstGo, queue);
}

/** Keeps a subscription's deliveries until {@link sendHeld}. */
export async function holdDeliveries(tx: Transaction, webhook: WebhookKey): Promise<void> {
  await tx.run(hold, webhook);
}

/** Makes a subscription's held deliveries pending; follow with {@link orderWholeQueue}. */
export async function sendHeld(tx: Transaction, webhook: WebhookKey): Promise<void> {
  await tx.run(unhold, webhook);
}

/** Gives up what a subscription has not received; follow with {@link orderWholeQueue}. */
export async function giveUpDeliveries(tx: Transaction, webhook: WebhookKey): Promise<void> {
  await tx.run(giveUp, webhook);
}

/** Moves what a subscription has not received into another queue; follow with {@link orderWholeQueue} for both. */
export async function moveDeliveries(tx: Transaction, webhook: WebhookKey & { readonly queue: string }): Promise<void> {
  await tx.run(move, webhook);
}
