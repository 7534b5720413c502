import type { Migration } from './migration.js';

/**
 * Which tokens were given together, when a refresh token ended before its time, and until when a grant has a token that
 * works. What marked racing refreshes before (`parent_hash`, `replaced_at` and the `used_at` of access tokens) is written by
 * older processes alone.
 */
export const tokenPairs: Migration = {
  version: 5,
  name: 'token-pairs',
  sqlite: `
alter table token_grants add column ends_at integer not null default 0;
update token_grants set ends_at = coalesce(
  (select max(expires_at) from refresh_tokens where grant_id = token_grants.id), 0);

alter table access_tokens add column refresh_hash text;
create index access_tokens_by_grant on access_tokens (grant_id, expires_at);
create index access_tokens_by_pair on access_tokens (refresh_hash) where refresh_hash is not null;

alter table refresh_tokens add column ended_at integer;
update refresh_tokens set ended_at = replaced_at where replaced_at is not null;
create index refresh_tokens_unused on refresh_tokens (grant_id, expires_at) where used_at is null and ended_at is null;

create index authorization_codes_by_team on authorization_codes (team_id, app_id);
`,
  postgres: `
alter table token_grants add column ends_at bigint not null default 0;
update token_grants set ends_at = coalesce(
  (select max(expires_at) from refresh_tokens where grant_id = token_grants.id), 0);

alter table access_tokens add column refresh_hash text collate "C";
create index access_tokens_by_grant on access_tokens (grant_id, expires_at);
create index access_tokens_by_pair on access_tokens (refresh_hash) where refresh_hash is not null;

alter table refresh_tokens add column ended_at bigint;
update refresh_tokens set ended_at = replaced_at where replaced_at is not null;
create index refresh_tokens_unused on refresh_tokens (grant_id, expires_at) where used_at is null and ended_at is null;

create index authorization_codes_by_team on authorization_codes (team_id, app_id);
`,
};
