import { sql } from 'kysely';
import { type StatementParts, statement } from '../storage/statement.js';
import type { Reader, Transaction } from '../storage/storage.js';
import { type StoredUuid, uuidText } from '../storage/uuid-text.js';

/** Everything that the audit tells: who was let in, who may act for whom, and what became of it. */
export const AUDIT_EVENTS = [
  'user.created',
  'user.invited',
  'user.joined_team',
  'user.signed_in',
  'user.sign_in_failed',
  'user.signed_out',
  'user.password_changed',
  'team.created',
  'app.created',
  'app.updated',
  'app.secret_rotated',
  'app.secret_retired',
  'app.disabled',
  'app.enabled',
  'app.deleted',
  'app.allowed',
  'app.denied',
  'app.disconnected',
  'code.reused',
  'token.created',
  'token.refreshed',
  'token.oldest_ended',
  'token.reused',
  'token.family_ended',
  'token.revoked',
  'webhook.created',
  'webhook.updated',
  'webhook.deleted',
  'webhook.disabled',
  'customer.erased',
  'customer.merged',
  'customer.unmerged',
  'customer.reverted',
] as const;

/** What happened. */
export type AuditEvent = (typeof AUDIT_EVENTS)[number];

/** Where a change came from: a request's address and id, or neither for the command line. */
export interface Origin {
  readonly address: string | null;
  readonly requestId: string | null;
}

/** The origin of what a command of the command line does. */
export const COMMAND_LINE: Origin = { address: null, requestId: null };

/** Whom an entry is about; what does not apply is left out. */
export interface AuditSubject {
  readonly userId?: number | null;
  readonly teamId?: number | null;
  readonly appId?: number | null;
  readonly customerUuid?: string | null;
}

/** Whom an entry is about, and where it came from. */
export interface AuditOfRequest extends AuditSubject {
  readonly origin: Origin;
}

/** An entry as it is told, contract's names for team and app. */
export interface AuditEntry {
  /** Grows with each entry. */
  readonly id: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly event: string;
  readonly email: string | null;
  readonly team: string | null;
  readonly clientId: string | null;
  /** UUID. */
  readonly customer: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
}

/** Which entries to tell, newest first. */
export interface AuditQuery {
  readonly limit: number;
  /** Entries of this event alone. */
  readonly event?: string | undefined;
  /** Milliseconds since 1970, inclusive. */
  readonly since?: number | undefined;
  /** Only entries with a smaller id than this. */
  readonly before?: number | undefined;
}

interface EntryParameters {
  readonly now: number;
  readonly event: AuditEvent;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly userId: number | null;
  readonly teamId: number | null;
  readonly appId: number | null;
  readonly customerUuid: string | null;
}

interface EntryRow {
  readonly id: number;
  readonly occurred_at: number;
  readonly event: string;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly customer_uuid: StoredUuid | null;
  readonly email: string | null;
  readonly team_uuid: StoredUuid | null;
  readonly client_id: string | null;
}

const insertEntry = statement<EntryParameters>()(({ db, param }) =>
  db.insertInto('audit_entries').values({
    occurred_at: param('now'),
    event: param('event'),
    address: param('address'),
    request_id: param('requestId'),
    user_id: param('userId'),
    team_id: param('teamId'),
    app_id: param('appId'),
    customer_uuid: param.uuid('customerUuid'),
  }),
);

const entries = <P extends object>({ db }: StatementParts<P>) =>
  db
    .selectFrom('audit_entries as entry')
    .leftJoin('users as user', 'user.id', 'entry.user_id')
    .leftJoin('teams as team', 'team.id', 'entry.team_id')
    .leftJoin('apps as app', 'app.id', 'entry.app_id')
    .select([
      'entry.id',
      'entry.occurred_at',
      'entry.event',
      'entry.address',
      'entry.request_id',
      'entry.customer_uuid',
      'user.email',
      'team.uuid as team_uuid',
      'app.client_id',
    ]);

/** Most entries told of one customer. */
const MOST_OF_CUSTOMER = 1_000;

const listOfCustomer = statement<{ teamId: number; uuid: string }>()((parts) =>
  entries(parts)
    .where('entry.customer_uuid', '=', parts.param.uuid('uuid'))
    .where('entry.team_id', '=', parts.param('teamId'))
    .orderBy('entry.id', 'desc')
    .limit(sql.lit(MOST_OF_CUSTOMER)),
);

const listEntries = statement<{ since: number; before: number; event: string | null; limit: number }>()(
  ({ param, dialect, ...parts }) =>
    entries({ param, dialect, ...parts })
      .where('entry.occurred_at', '>=', param('since'))
      .where('entry.id', '<', param('before'))
      .where((row) => row.or([row(dialect.text(param('event')), 'is', null), row('entry.event', '=', param('event'))]))
      .orderBy('entry.id', 'desc')
      .limit(param('limit')),
);

/** Appends an entry, in the transaction of what it tells. */
export async function appendAudit(
  tx: Transaction,
  event: AuditEvent,
  { origin, userId = null, teamId = null, appId = null, customerUuid = null }: AuditOfRequest,
): Promise<void> {
  await tx.run(insertEntry, { now: Date.now(), event, ...origin, userId, teamId, appId, customerUuid });
}

/** Entries of the audit, newest first. */
export async function listAudit(reader: Reader, query: AuditQuery): Promise<AuditEntry[]> {
  const rows = await reader.all(listEntries, {
    since: query.since ?? 0,
    before: query.before ?? Number.MAX_SAFE_INTEGER,
    event: query.event ?? null,
    limit: query.limit,
  });
  return rows.map(entryOf);
}

/** What the audit has of one customer, newest first. */
export async function listAuditOfCustomer(
  reader: Reader,
  customer: { readonly teamId: number; readonly uuid: string },
): Promise<AuditEntry[]> {
  return (await reader.all(listOfCustomer, customer)).map(entryOf);
}

function entryOf(row: EntryRow): AuditEntry {
  return {
    id: row.id,
    time: new Date(row.occurred_at).toISOString(),
    event: row.event,
    email: row.email,
    team: row.team_uuid === null ? null : uuidText(row.team_uuid),
    clientId: row.client_id,
    customer: row.customer_uuid === null ? null : uuidText(row.customer_uuid),
    address: row.address,
    requestId: row.request_id,
  };
}
