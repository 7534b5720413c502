import type { Generated } from 'kysely';
import type { StoredUuid } from '../uuid-text.js';
import type { CustomerTables } from './customer-tables.js';
import type { DuplicateTables } from './duplicate-tables.js';
import type {
  WebhookAttemptsTable,
  WebhookDeliveriesTable,
  WebhookEventsTable,
  WebhooksTable,
} from './webhook-tables.js';

/**
 * The tables as the query builder knows them, the same on every engine. Times are milliseconds since 1970. Every
 * table that belongs to a team has `team_id` first in its keys.
 */
export interface Tables extends CustomerTables, DuplicateTables {
  teams: TeamsTable;
  users: UsersTable;
  team_members: TeamMembersTable;
  apps: AppsTable;
  app_redirect_uris: AppRedirectUrisTable;
  app_secrets: AppSecretsTable;
  token_grants: TokenGrantsTable;
  access_tokens: AccessTokensTable;
  refresh_tokens: RefreshTokensTable;
  authorization_codes: AuthorizationCodesTable;
  sessions: SessionsTable;
  invitations: InvitationsTable;
  audit_entries: AuditEntriesTable;
  idempotent_answers: IdempotentAnswersTable;
  request_marks: RequestMarksTable;
  webhooks: WebhooksTable;
  webhook_events: WebhookEventsTable;
  webhook_deliveries: WebhookDeliveriesTable;
  webhook_attempts: WebhookAttemptsTable;
}

interface TeamsTable {
  id: Generated<number>;
  uuid: StoredUuid;
  name: string;
  created_at: number;
}

interface UsersTable {
  id: Generated<number>;
  uuid: StoredUuid;
  email: string;
  email_key: string;
  password_hash: string;
  created_at: number;
}

interface TeamMembersTable {
  team_id: number;
  user_id: number;
  created_at: number;
}

interface AppsTable {
  id: Generated<number>;
  client_id: string;
  name: string;
  /** Requests a minute; null takes the server's setting, 0 is no limit. */
  rate_limit: number | null;
  created_at: number;
  disabled_at: number | null;
  deleted_at: number | null;
}

interface AppRedirectUrisTable {
  app_id: number;
  uri: string;
}

interface AppSecretsTable {
  id: Generated<number>;
  app_id: number;
  /** AES-256-GCM under the master key. */
  encrypted_secret: string;
  created_at: number;
}

interface TokenGrantsTable {
  id: Generated<number>;
  app_id: number;
  team_id: number;
  user_id: number | null;
  /** Scope names, space-separated. */
  scope: string;
  created_at: number;
  revoked_at: number | null;
  last_used_at: number | null;
  /** When the last of its tokens ends; later than it does where that was ended before its time. */
  ends_at: number;
}

interface AccessTokensTable {
  /** SHA-256 of the token, hex. */
  token_hash: string;
  grant_id: number;
  created_at: number;
  expires_at: number;
  /** Scope names, space-separated, where fewer than the grant's. */
  scope: string | null;
  /** The refresh token that it was given with. */
  refresh_hash: string | null;
}

interface RefreshTokensTable {
  /** SHA-256 of the token, hex. */
  token_hash: string;
  grant_id: number;
  created_at: number;
  expires_at: number;
  /** When it was used first. */
  used_at: number | null;
  /** When it was ended because its grant had more pairs than it may. */
  ended_at: number | null;
}

interface AuthorizationCodesTable {
  /** SHA-256 of the code, hex. */
  code_hash: string;
  app_id: number;
  team_id: number;
  user_id: number;
  scope: string;
  redirect_uri: string;
  /** 1 where the exchange must repeat the redirect URI, RFC 6749 §4.1.3. */
  is_redirect_uri_required: number;
  /** PKCE, S256. */
  code_challenge: string | null;
  /** SHA-256 of the state, hex. */
  state_hash: string | null;
  created_at: number;
  expires_at: number;
  used_at: number | null;
  grant_id: number | null;
}

interface SessionsTable {
  /** SHA-256 of the session's token, hex. */
  token_hash: string;
  user_id: number;
  created_at: number;
  expires_at: number;
}

interface InvitationsTable {
  /** SHA-256 of the invitation's token, hex. */
  token_hash: string;
  email: string;
  email_key: string;
  team_id: number;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

interface AuditEntriesTable {
  id: Generated<number>;
  occurred_at: number;
  event: string;
  address: string | null;
  request_id: string | null;
  user_id: number | null;
  team_id: number | null;
  app_id: number | null;
  customer_uuid: StoredUuid | null;
}

interface IdempotentAnswersTable {
  team_id: number;
  app_id: number;
  idempotency_key: string;
  /** SHA-256 over method, target and body, hex. */
  fingerprint: string;
  status: number;
  /** Headers of the kept answer, a JSON object. */
  headers: string;
  body: string;
  created_at: number;
}

interface RequestMarksTable {
  team_id: number;
  signed_at: number;
  /** The first 128 bits of it. */
  signature: StoredUuid;
}
