import type { Generated } from 'kysely';

/**
 * The tables as the query builder knows them, the same on every engine. Times are milliseconds since 1970. Every
 * table that belongs to a team has `team_id` first in its keys.
 */
export interface Tables {
  teams: TeamsTable;
  users: UsersTable;
  team_members: TeamMembersTable;
  apps: AppsTable;
  app_redirect_uris: AppRedirectUrisTable;
  app_secrets: AppSecretsTable;
  token_grants: TokenGrantsTable;
  access_tokens: AccessTokensTable;
  refresh_tokens: RefreshTokensTable;
  customers: CustomersTable;
  idempotent_answers: IdempotentAnswersTable;
}

interface TeamsTable {
  id: Generated<number>;
  uuid: Uint8Array;
  name: string;
  created_at: number;
}

interface UsersTable {
  id: Generated<number>;
  uuid: Uint8Array;
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
}

interface AccessTokensTable {
  /** SHA-256 of the token, hex. */
  token_hash: string;
  grant_id: number;
  created_at: number;
  expires_at: number;
}

interface RefreshTokensTable {
  /** SHA-256 of the token, hex. */
  token_hash: string;
  grant_id: number;
  created_at: number;
  expires_at: number;
}

interface CustomersTable {
  /** Internal, time-ordered; the clustering key. */
  id: number;
  team_id: number;
  uuid: Uint8Array;
  status: string;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
  version: number;
  name_key: string;
  email_key: string;
  phone_key: string;
  external_id: string | null;
  /** The customer object as answered, JSON. */
  body: string;
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
