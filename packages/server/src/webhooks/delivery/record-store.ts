import { sql } from 'kysely';
import { type StatementParts, statement } from '../../storage/statement.js';
import type { Transaction } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';
import type { WebhookKey } from './delivery-queue-store.js';

/** One delivery, as it was when it was taken. */
export interface TakenKey {
  readonly teamId: number;
  readonly uuid: string;
  /** Attempts before this one; where it has more now, somebody else has recorded one. */
  readonly attempts: number;
}

/** One attempt to store. */
export interface NewAttempt extends TakenKey {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly statusCode: number | null;
  readonly error: string | null;
  /** JSON. */
  readonly requestHeaders: string;
  readonly answerStart: string | null;
}

const taken = <P extends TakenKey>({ db, param }: StatementParts<P>) =>
  db
    .updateTable('webhook_deliveries')
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('uuid'))
    .where('attempts', '=', param('attempts'));

const oneMore = sql<number>`attempts + 1`;

const markDelivered = statement<TakenKey>()((parts) =>
  taken(parts)
    .set({
      status: 'delivered',
      due_at: null,
      claimed_until: null,
      attempts: oneMore,
      round_attempts: sql`round_attempts + 1`,
      finished_at: parts.dialect.now(),
    })
    .where('status', '<>', 'delivered')
    // By the table's own name: SQLite knows no alias of it in what is returned.
    .returning(({ exists, lit, selectFrom, case: choose }) => [
      'queue',
      choose()
        .when(
          exists(
            selectFrom('webhook_deliveries as other')
              .select(sql.lit(1).as('one'))
              .whereRef('other.team_id', '=', 'webhook_deliveries.team_id')
              .whereRef('other.queue', '=', 'webhook_deliveries.queue')
              .whereRef('other.customer_uuid', '=', 'webhook_deliveries.customer_uuid')
              .whereRef('other.uuid', '<>', 'webhook_deliveries.uuid')
              .where('other.status', '=', sql.lit('pending'))
              .where('other.due_at', 'is', null),
          ),
        )
        .then(lit(1))
        .else(lit(0))
        .end()
        .as('has_next'),
    ]),
);

const markFailed = statement<TakenKey>()((parts) =>
  taken(parts)
    .set({
      status: 'failed',
      due_at: null,
      claimed_until: null,
      attempts: oneMore,
      round_attempts: sql`round_attempts + 1`,
      finished_at: parts.dialect.now(),
    })
    .where('status', 'in', ['pending', 'held'])
    .returning('queue'),
);

const putOff = statement<TakenKey & { delayMs: number }>()((parts) =>
  taken(parts)
    .set((row) => ({
      due_at: row
        .case()
        .when('status', '=', 'pending')
        .then(sql<number>`${parts.dialect.now()} + ${parts.param('delayMs')}`)
        .end(),
      claimed_until: null,
      attempts: oneMore,
      round_attempts: sql`round_attempts + 1`,
    }))
    .where('status', 'in', ['pending', 'held'])
    .returning('queue'),
);

const insertAttempt = statement<NewAttempt>()(({ db, param, dialect }) =>
  db
    .insertInto('webhook_attempts')
    .values({
      team_id: param('teamId'),
      delivery_uuid: param.uuid('uuid'),
      number: sql<number>`${param('attempts')} + 1`,
      settled_at: dialect.now(),
      started_at: param('startedAt'),
      duration_ms: param('durationMs'),
      status_code: param('statusCode'),
      error: param('error'),
      request_headers: param('requestHeaders'),
      answer_start: param('answerStart'),
    })
    .onConflict((conflict) => conflict.doNothing()),
);

const noteSuccess = statement<WebhookKey>()(({ db, param }) =>
  db
    .updateTable('webhooks')
    .set({ failing_since: null })
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('webhookUuid'))
    .where('failing_since', 'is not', null),
);

const noteFailure = statement<WebhookKey>()(({ db, param, dialect }) =>
  db
    .updateTable('webhooks')
    .set({ failing_since: dialect.now() })
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('webhookUuid'))
    .where('failing_since', 'is', null),
);

const disable = statement<WebhookKey & { reason: string; failingForMs: number }>()(({ db, param, dialect }) =>
  db
    .updateTable('webhooks')
    .set({ status: 'disabled', disabled_reason: param('reason'), updated_at: dialect.now() })
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('webhookUuid'))
    .where('status', '<>', 'disabled')
    .where('expires_at', 'is', null)
    .where(sql<boolean>`failing_since <= ${dialect.now()} - ${param('failingForMs')}`)
    .returning(['app_id', 'queue']),
);

/** A delivery whose attempt was recorded. */
export interface RecordedDelivery {
  /** Its queue now: while it was in flight, its subscription may have got another address. */
  readonly queue: string;
}

/** One that has arrived. */
export interface Delivered extends RecordedDelivery {
  /** Whether another version of its customer waits in its queue. */
  readonly hasNext: boolean;
}

/** Records an attempt; gives undefined where its delivery has got another one meanwhile. */
export interface RecordStore {
  deliver(attempt: NewAttempt): Promise<Delivered | undefined>;
  fail(attempt: NewAttempt): Promise<RecordedDelivery | undefined>;
  /** @param delayMs until the next attempt */
  putOff(attempt: NewAttempt, delayMs: number): Promise<RecordedDelivery | undefined>;
  noteSuccess(webhook: WebhookKey): Promise<void>;
  noteFailure(webhook: WebhookKey): Promise<void>;
  /** Disables a subscription that has failed for so long; gives its app and queue when it was not before. */
  disable(
    webhook: WebhookKey,
    because: { readonly reason: string; readonly failingForMs: number },
  ): Promise<{ readonly appId: number; readonly queue: Uint8Array | string } | undefined>;
}

/** Records attempts inside a transaction. */
export function recordStore(tx: Transaction): RecordStore {
  const withAttempt = async <R extends { readonly queue: Uint8Array | string }>(
    attempt: NewAttempt,
    changed: Promise<R | undefined>,
  ) => {
    const row = await changed;
    if (row === undefined) return undefined;
    await tx.run(insertAttempt, attempt);
    return { ...row, queue: uuidText(row.queue) };
  };
  return {
    async deliver(attempt) {
      const row = await withAttempt(attempt, tx.first(markDelivered, attempt));
      return row === undefined ? undefined : { queue: row.queue, hasNext: row.has_next === 1 };
    },
    fail: (attempt) => withAttempt(attempt, tx.first(markFailed, attempt)),
    putOff: (attempt, delayMs) => withAttempt(attempt, tx.first(putOff, { ...attempt, delayMs })),
    async noteSuccess(webhook) {
      await tx.run(noteSuccess, webhook);
    },
    async noteFailure(webhook) {
      await tx.run(noteFailure, webhook);
    },
    async disable(webhook, because) {
      const row = await tx.first(disable, { ...webhook, ...because });
      return row === undefined ? undefined : { appId: row.app_id, queue: row.queue };
    },
  };
}
