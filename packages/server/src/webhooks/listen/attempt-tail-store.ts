import { statement } from '../../storage/statement.js';
import type { Reader } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';
import type { WebhookScope } from '../subscriptions/webhook-store.js';

/** Attempts told at once. */
const MOST_ATTEMPTS = 200;

/** Where to go on: behind this attempt. */
export interface AttemptPlace {
  /** Milliseconds since 1970. */
  readonly settledAt: number;
  readonly deliveryUuid: string;
  readonly number: number;
}

/** One attempt of any of an app's subscriptions, as whoever watches sees it. */
export interface WatchedAttempt {
  /** ISO 8601, UTC: when what became of it was recorded. */
  readonly settledAt: string;
  readonly deliveryUuid: string;
  readonly webhookUuid: string;
  readonly callbackUrl: string;
  readonly event: string;
  readonly customerUuid: string;
  readonly version: number;
  readonly isTest: boolean;
  readonly number: number;
  readonly durationMs: number;
  readonly statusCode: number | null;
  readonly error: string | null;
  /** What has become of the delivery by now. */
  readonly status: string;
}

const listAttempts = statement<WebhookScope & AttemptPlace & { limit: number }>()(({ db, param }) =>
  db
    .selectFrom('webhook_attempts as attempt')
    .innerJoin('webhook_deliveries as delivery', (join) =>
      join.onRef('delivery.team_id', '=', 'attempt.team_id').onRef('delivery.uuid', '=', 'attempt.delivery_uuid'),
    )
    .innerJoin('webhooks as webhook', (join) =>
      join.onRef('webhook.team_id', '=', 'delivery.team_id').onRef('webhook.uuid', '=', 'delivery.webhook_uuid'),
    )
    .select([
      'attempt.settled_at',
      'attempt.delivery_uuid',
      'attempt.number',
      'attempt.duration_ms',
      'attempt.status_code',
      'attempt.error',
      'delivery.webhook_uuid',
      'delivery.event',
      'delivery.customer_uuid',
      'delivery.version',
      'delivery.is_test',
      'delivery.status',
      'webhook.callback_url',
    ])
    .where('attempt.team_id', '=', param('teamId'))
    .where('attempt.settled_at', '>=', param('settledAt'))
    .where((row) =>
      row.or([
        row('attempt.settled_at', '>', param('settledAt')),
        row('attempt.delivery_uuid', '>', param.uuid('deliveryUuid')),
        row.and([
          row('attempt.delivery_uuid', '=', param.uuid('deliveryUuid')),
          row('attempt.number', '>', param('number')),
        ]),
      ]),
    )
    .where('webhook.app_id', '=', param('appId'))
    .where('webhook.deleted_at', 'is', null)
    .orderBy('attempt.settled_at')
    .orderBy('attempt.delivery_uuid')
    .orderBy('attempt.number')
    .limit(param('limit')),
);

/** Attempts behind a place, oldest first. */
export async function listAttemptsAfter(
  reader: Reader,
  { teamId, appId }: WebhookScope,
  place: AttemptPlace,
): Promise<WatchedAttempt[]> {
  const rows = await reader.all(listAttempts, { teamId, appId, ...place, limit: MOST_ATTEMPTS });
  return rows.map((row) => ({
    settledAt: new Date(row.settled_at).toISOString(),
    deliveryUuid: uuidText(row.delivery_uuid),
    webhookUuid: uuidText(row.webhook_uuid),
    callbackUrl: row.callback_url,
    event: row.event,
    customerUuid: uuidText(row.customer_uuid),
    version: row.version,
    isTest: row.is_test === 1,
    number: row.number,
    durationMs: row.duration_ms,
    statusCode: row.status_code,
    error: row.error,
    status: row.status === 'held' ? 'pending' : row.status,
  }));
}
