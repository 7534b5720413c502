import { type ExpressionBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { type StatementParts, statement } from '../../storage/statement.js';
import type { Transaction } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';
import { ANY_EVENT } from '../subscriptions/webhook-store.js';
import { eventGrantId } from './event-grant-store.js';

/** Teams looked at for one turn. */
const MOST_TEAMS = 16;

/** One version of a customer, by its key. */
export interface EventKey {
  readonly teamId: number;
  readonly customerUuid: string;
  readonly version: number;
}

const teamsWithEvents = statement<{ from: number }>()(({ db, param }) =>
  db
    .withRecursive('team(id)', (cte) =>
      cte
        .selectNoFrom(
          cte
            .selectFrom('webhook_events')
            .select(({ fn }) => fn.min('team_id').as('id'))
            .where('is_fanned_out', '=', sql.lit(0))
            .where('team_id', '>=', param('from'))
            .as('id'),
        )
        .unionAll(
          cte
            .selectFrom('team')
            .select((row) =>
              row
                .selectFrom('webhook_events')
                .select(({ fn }) => fn.min('team_id').as('id'))
                .where('is_fanned_out', '=', sql.lit(0))
                .whereRef('team_id', '>', 'team.id')
                .as('id'),
            )
            .where('team.id', 'is not', null),
        ),
    )
    .selectFrom('team')
    .select('id')
    .where('id', 'is not', null)
    .limit(sql.lit(MOST_TEAMS)),
);

const waitingEvents = statement<{ teamId: number; limit: number }>()(({ db, param }) =>
  db
    .selectFrom('webhook_events')
    .select(['customer_uuid', 'version'])
    .where('team_id', '=', param('teamId'))
    .where('is_fanned_out', '=', sql.lit(0))
    .orderBy('occurred_at')
    .orderBy('customer_uuid')
    .orderBy('version')
    .limit(param('limit')),
);

const wanting = ({ db, param }: StatementParts<EventKey>) =>
  db
    .selectFrom('webhook_events as event')
    .innerJoin('webhooks as webhook', 'webhook.team_id', 'event.team_id')
    .innerJoin('apps as app', 'app.id', 'webhook.app_id')
    .where('event.team_id', '=', param('teamId'))
    .where('event.customer_uuid', '=', param.uuid('customerUuid'))
    .where('event.version', '=', param('version'))
    .where('event.is_fanned_out', '=', sql.lit(0))
    .where((row) =>
      row.or([row('webhook.event', '=', row.ref('event.event')), row('webhook.event', '=', sql.lit(ANY_EVENT))]),
    )
    .where('webhook.status', '<>', sql.lit('disabled'));

const allowed = (parts: StatementParts<EventKey>) =>
  wanting(parts)
    .whereRef('webhook.created_at', '<=', 'event.written_at')
    .where((row) =>
      row.or([row('webhook.expires_at', 'is', null), row('webhook.expires_at', '>', parts.dialect.now())]),
    )
    .where('app.disabled_at', 'is', null)
    .where(eventGrantId(parts), 'is not', null);

const hasEarlier = ({
  exists,
  selectFrom,
}: ReturnType<typeof allowed> extends SelectQueryBuilder<infer D, infer T, object> ? ExpressionBuilder<D, T> : never) =>
  exists(
    selectFrom('webhook_deliveries as earlier')
      .select(sql.lit(1).as('one'))
      .whereRef('earlier.team_id', '=', 'webhook.team_id')
      .whereRef('earlier.queue', '=', 'webhook.queue')
      .whereRef('earlier.customer_uuid', '=', 'event.customer_uuid')
      .where('earlier.status', '=', sql.lit('pending'))
      .whereRef('earlier.version', '<', 'event.version'),
  );

const insertDeliveries = statement<EventKey>()((parts) =>
  parts.db
    .insertInto('webhook_deliveries')
    .columns([
      'team_id',
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
      'round_attempts',
      'created_at',
      'finished_at',
      'is_test',
    ])
    .expression(
      allowed(parts).select((row) => {
        const isActive = row('webhook.status', '=', sql.lit('active'));
        const canGo = row.and([isActive, row.not(hasEarlier(row))]);
        return [
          'event.team_id',
          parts.dialect.newOrderedUuid().as('uuid'),
          'webhook.uuid as webhook_uuid',
          'webhook.queue',
          'event.customer_uuid',
          'event.version',
          'event.event',
          row.case().when(isActive).then(sql.lit('pending')).else(sql.lit('held')).end().as('status'),
          row.case().when(canGo).then(parts.dialect.now()).end().as('due_at'),
          nothing.as('claimed_until'),
          sql.lit(0).as('attempts'),
          sql.lit(0).as('round_attempts'),
          parts.dialect.now().as('created_at'),
          nothing.as('finished_at'),
          sql.lit(0).as('is_test'),
        ];
      }),
    )
    .returning('status'),
);

const nothing = sql<number | null>`cast(null as bigint)`;

const markFannedOut = statement<EventKey>()(({ db, param }) =>
  db
    .updateTable('webhook_events')
    .set({ is_fanned_out: 1 })
    .where('team_id', '=', param('teamId'))
    .where('customer_uuid', '=', param.uuid('customerUuid'))
    .where('version', '=', param('version')),
);

const deleteEvent = statement<EventKey>()(({ db, param }) =>
  db
    .deleteFrom('webhook_events')
    .where('team_id', '=', param('teamId'))
    .where('customer_uuid', '=', param.uuid('customerUuid'))
    .where('version', '=', param('version')),
);

/** Some teams whose events wait to become deliveries, from an id on. */
export async function listTeamsWithEvents(tx: Transaction, from: number): Promise<number[]> {
  const rows = await tx.all(teamsWithEvents, { from });
  return rows.flatMap(({ id }) => (id === null ? [] : [id]));
}

/** Events of a team that wait to become deliveries, earlier versions of a customer before later ones. */
export async function listWaitingEvents(tx: Transaction, teamId: number, limit: number): Promise<EventKey[]> {
  const rows = await tx.all(waitingEvents, { teamId, limit });
  return rows.map((row) => ({ teamId, customerUuid: uuidText(row.customer_uuid), version: row.version }));
}

/**
 * Makes a delivery of an event for each subscription that wants it and was there when the event was written, of apps that
 * may act for the team; gives how many, and how many of them are not held. Call it for earlier versions first, in a
 * transaction that has the team's queues.
 */
export async function fanOutEvent(
  tx: Transaction,
  event: EventKey,
): Promise<{ readonly deliveries: number; readonly pending: number }> {
  const rows = await tx.all(insertDeliveries, event);
  await tx.run(rows.length === 0 ? deleteEvent : markFannedOut, event);
  return { deliveries: rows.length, pending: rows.filter(({ status }) => status === 'pending').length };
}
