import { sql } from 'kysely';
import { statement } from '../../storage/statement.js';
import type { Reader, Transaction } from '../../storage/storage.js';
import { lockTeamQueues } from '../delivery/delivery-queue-store.js';
import type { WebhookScope } from './webhook-store.js';

/** An app with webhooks for a team, by the names of their columns. */
export interface AppWithWebhooks {
  readonly client_id: string;
  readonly name: string;
  /** When the oldest was made, milliseconds since 1970. */
  readonly connected_at: number | string | bigint;
  /** Subscriptions that are not disabled, and listeners. */
  readonly count: number;
}

const listApps = statement<{ teamId: number }>()(({ db, param, dialect }) =>
  db
    .selectFrom('webhooks as webhook')
    .innerJoin('apps as app', 'app.id', 'webhook.app_id')
    .select(({ fn }) => [
      'app.client_id',
      'app.name',
      fn.min('webhook.created_at').as('connected_at'),
      fn.countAll<number>().as('count'),
    ])
    .where('webhook.team_id', '=', param('teamId'))
    .where('webhook.deleted_at', 'is', null)
    .where('webhook.status', '<>', sql.lit('disabled'))
    .where((row) => row.or([row('webhook.expires_at', 'is', null), row('webhook.expires_at', '>', dialect.now())]))
    .where('app.deleted_at', 'is', null)
    .groupBy(['app.client_id', 'app.name']),
);

const giveUpDeliveries = statement<WebhookScope>()(({ db, param, dialect }) =>
  db
    .updateTable('webhook_deliveries')
    .set({ status: 'failed', due_at: null, claimed_until: null, finished_at: dialect.now() })
    .where('team_id', '=', param('teamId'))
    .where('webhook_uuid', 'in', (row) =>
      row
        .selectFrom('webhooks')
        .select('uuid')
        .where('team_id', '=', param('teamId'))
        .where('app_id', '=', param('appId'))
        .where('deleted_at', 'is', null),
    )
    .where('status', 'in', [sql.lit('pending'), sql.lit('held')]),
);

const markDeleted = statement<WebhookScope>()(({ db, param, dialect }) =>
  db
    .updateTable('webhooks')
    .set({ deleted_at: dialect.now(), status: 'disabled', encrypted_secret: null, previous_encrypted_secret: null })
    .where('team_id', '=', param('teamId'))
    .where('app_id', '=', param('appId'))
    .where('deleted_at', 'is', null),
);

/** The apps with webhooks or listeners for a team. */
export function listAppsWithWebhooks(reader: Reader, teamId: number): Promise<AppWithWebhooks[]> {
  return reader.all(listApps, { teamId });
}

/**
 * Ends every subscription and listener of an app for a team, with all that waits to be delivered; gives how many. A queue
 * holds the deliveries of one app alone, so nothing waits behind them.
 */
export async function endWebhooksOfApp(tx: Transaction, app: WebhookScope): Promise<number> {
  await lockTeamQueues(tx, app.teamId);
  await tx.run(giveUpDeliveries, app);
  return tx.run(markDeleted, app);
}
