import { sql } from 'kysely';
import { statement } from './statement.js';

/** One version of a customer, as it is told to subscriptions. */
export interface NewEvent {
  readonly teamId: number;
  readonly customerUuid: string;
  readonly version: number;
  readonly event: string;
  /** Milliseconds since 1970. */
  readonly occurredAt: number;
  /** JSON. */
  readonly data: string;
  /** JSON, or null. */
  readonly previousData: string | null;
}

/** Stores an event, if the team has a subscription that wants it: without one it costs a look into an index. */
export const insertEvent = statement<NewEvent>()(({ db, param, dialect }) =>
  db
    .insertInto('webhook_events')
    .columns([
      'team_id',
      'customer_uuid',
      'version',
      'event',
      'occurred_at',
      'written_at',
      'data',
      'previous_data',
      'is_fanned_out',
    ])
    .expression(
      db
        .selectNoFrom([
          param('teamId').as('team_id'),
          param.uuid('customerUuid').as('customer_uuid'),
          param('version').as('version'),
          param('event').as('event'),
          param('occurredAt').as('occurred_at'),
          dialect.now().as('written_at'),
          param('data').as('data'),
          param('previousData').as('previous_data'),
          sql.lit(0).as('is_fanned_out'),
        ])
        .where(({ exists }) =>
          exists(
            db
              .selectFrom('webhooks')
              .select(sql.lit(1).as('one'))
              .where('team_id', '=', param('teamId'))
              .where('event', 'in', [param('event'), sql.lit('*')])
              .where('status', '<>', sql.lit('disabled')),
          ),
        ),
    ),
);
