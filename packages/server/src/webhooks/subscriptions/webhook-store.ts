import { PartnerError, type WebhookEventName, type WebhookStatus } from '@countersign/contract';
import { type StatementParts, statement } from '../../storage/statement.js';
import type { Reader, Transaction } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';
import type { TimePlace } from '../../validation/time-cursor.js';

/** Whose subscriptions are meant: an app sees its own for the team that it acts for, and no others. */
export interface WebhookScope {
  readonly teamId: number;
  readonly appId: number;
}

/** Secrets under the master key, and until when the one that was replaced signs, in milliseconds since 1970. */
export interface StoredSecrets {
  readonly encryptedSecret: string | null;
  readonly previousEncryptedSecret: string | null;
  readonly previousSecretUntil: number | null;
}

/** What of a subscription can be set. */
export interface WebhookFields extends StoredSecrets {
  readonly event: WebhookEventName;
  readonly callbackUrl: string;
  /** What its deliveries wait in; made of app and address. */
  readonly queue: string;
  readonly status: WebhookStatus;
  readonly disabledReason: string | null;
  /** Milliseconds since 1970; null when the last attempt succeeded. */
  readonly failingSince: number | null;
}

/** A subscription as stored. */
export interface StoredWebhook extends WebhookFields {
  readonly uuid: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Reads of an app's subscriptions for a team. */
export interface WebhookReader {
  find(uuid: string): Promise<StoredWebhook | undefined>;
  /** Oldest first, at most `limit`. */
  list(after: TimePlace | undefined, limit: number): Promise<StoredWebhook[]>;
}

/** Reads and writes of an app's subscriptions inside a transaction. */
export interface WebhookStore extends WebhookReader {
  /** One that nobody else changes until the transaction ends. @throws PartnerError `webhook_not_found` */
  require(uuid: string): Promise<StoredWebhook>;
  /** How many the team has, of all apps. */
  countOfTeam(): Promise<number>;
  insert(uuid: string, fields: WebhookFields): Promise<StoredWebhook>;
  update(uuid: string, fields: WebhookFields): Promise<StoredWebhook>;
  /** Takes it out of every read; its rows go when its deliveries are gone. */
  markDeleted(uuid: string): Promise<void>;
}

/** The event of a subscription that wants all of them, which only listeners are. */
export const ANY_EVENT = '*';

const COLUMNS = [
  'uuid',
  'event',
  'callback_url',
  'queue',
  'status',
  'encrypted_secret',
  'previous_encrypted_secret',
  'previous_secret_until',
  'failing_since',
  'disabled_reason',
  'created_at',
  'updated_at',
] as const;

const visible = <P extends WebhookScope>({ db, param }: StatementParts<P>) =>
  db
    .selectFrom('webhooks')
    .select(COLUMNS)
    .where('team_id', '=', param('teamId'))
    .where('app_id', '=', param('appId'))
    .where('deleted_at', 'is', null)
    .where('expires_at', 'is', null);

const findWebhook = statement<WebhookScope & { uuid: string }>()((parts) =>
  visible(parts).where('uuid', '=', parts.param.uuid('uuid')),
);

const lockWebhook = statement<WebhookScope & { uuid: string }>()((parts) =>
  parts.dialect.forUpdate(visible(parts).where('uuid', '=', parts.param.uuid('uuid'))),
);

const listWebhooks = statement<WebhookScope & TimePlace & { limit: number }>()((parts) =>
  visible(parts)
    .where((row) =>
      row.or([
        row('created_at', '>', parts.param('createdAt')),
        row.and([row('created_at', '=', parts.param('createdAt')), row('uuid', '>', parts.param.uuid('uuid'))]),
      ]),
    )
    .orderBy('created_at')
    .orderBy('uuid')
    .limit(parts.param('limit')),
);

const countOfTeam = statement<{ teamId: number }>()(({ db, param }) =>
  db
    .selectFrom('webhooks')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('team_id', '=', param('teamId'))
    .where('deleted_at', 'is', null),
);

const fieldsOf = <P extends WebhookFields>(param: StatementParts<P>['param']) => ({
  event: param('event'),
  callback_url: param('callbackUrl'),
  queue: param.uuid('queue'),
  status: param('status'),
  encrypted_secret: param('encryptedSecret'),
  previous_encrypted_secret: param('previousEncryptedSecret'),
  previous_secret_until: param('previousSecretUntil'),
  failing_since: param('failingSince'),
  disabled_reason: param('disabledReason'),
});

const insertWebhook = statement<WebhookScope & WebhookFields & { uuid: string }>()(({ db, param, dialect }) =>
  db.insertInto('webhooks').values({
    team_id: param('teamId'),
    uuid: param.uuid('uuid'),
    app_id: param('appId'),
    ...fieldsOf(param),
    created_at: dialect.now(),
    updated_at: dialect.now(),
    expires_at: null,
    deleted_at: null,
  }),
);

const updateWebhook = statement<WebhookFields & { teamId: number; uuid: string }>()(({ db, param, dialect }) =>
  db
    .updateTable('webhooks')
    .set({
      ...fieldsOf(param),
      updated_at: dialect.now(),
    })
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('uuid')),
);

const markDeleted = statement<{ teamId: number; uuid: string }>()(({ db, param, dialect }) =>
  db
    .updateTable('webhooks')
    .set({ deleted_at: dialect.now(), status: 'disabled', encrypted_secret: null, previous_encrypted_secret: null })
    .where('team_id', '=', param('teamId'))
    .where('uuid', '=', param.uuid('uuid')),
);

/** Reads of an app's subscriptions for a team. */
export function webhookReader(reader: Reader, scope: WebhookScope): WebhookReader {
  return {
    async find(uuid) {
      const row = await reader.first(findWebhook, { ...scope, uuid });
      return row === undefined ? undefined : storedWebhook(row);
    },
    async list(after, limit) {
      const place = after ?? { createdAt: -1, uuid: '00000000-0000-0000-0000-000000000000' };
      return (await reader.all(listWebhooks, { ...scope, ...place, limit })).map(storedWebhook);
    },
  };
}

/** Reads and writes of an app's subscriptions inside a transaction. */
export function webhookStore(tx: Transaction, scope: WebhookScope): WebhookStore {
  const { teamId } = scope;
  const reader = webhookReader(tx, scope);
  const written = async (uuid: string) => {
    const webhook = await reader.find(uuid);
    if (webhook === undefined) throw new Error('a webhook was written and is not found');
    return webhook;
  };
  return {
    ...reader,
    async require(uuid) {
      const row = await tx.first(lockWebhook, { ...scope, uuid });
      if (row === undefined) throw new PartnerError('webhook_not_found');
      return storedWebhook(row);
    },
    async countOfTeam() {
      return (await tx.first(countOfTeam, { teamId }))?.count ?? 0;
    },
    async insert(uuid, fields) {
      await tx.run(insertWebhook, { ...scope, ...fields, uuid });
      return written(uuid);
    },
    async update(uuid, fields) {
      await tx.run(updateWebhook, { teamId, ...fields, uuid });
      return written(uuid);
    },
    async markDeleted(uuid) {
      await tx.run(markDeleted, { teamId, uuid });
    },
  };
}

function storedWebhook(row: {
  readonly uuid: Uint8Array | string;
  readonly event: string;
  readonly callback_url: string;
  readonly queue: Uint8Array | string;
  readonly status: string;
  readonly encrypted_secret: string | null;
  readonly previous_encrypted_secret: string | null;
  readonly previous_secret_until: number | null;
  readonly failing_since: number | null;
  readonly disabled_reason: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}): StoredWebhook {
  return {
    uuid: uuidText(row.uuid),
    event: asEventName(row.event),
    callbackUrl: row.callback_url,
    queue: uuidText(row.queue),
    status: asStatus(row.status),
    encryptedSecret: row.encrypted_secret,
    previousEncryptedSecret: row.previous_encrypted_secret,
    previousSecretUntil: row.previous_secret_until,
    failingSince: row.failing_since,
    disabledReason: row.disabled_reason,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

// The columns hold what the types say: nothing else writes them.
function asEventName(text: string): WebhookEventName {
  return text as WebhookEventName;
}
function asStatus(text: string): WebhookStatus {
  return text as WebhookStatus;
}
