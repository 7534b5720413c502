import type { Migration } from './migration.js';

/** Authorization codes, rotating tokens, sessions, invitations and the audit. */
export const authorization: Migration = {
  version: 2,
  name: 'authorization',
  sqlite: `
alter table apps add column deleted_at integer;

alter table token_grants add column last_used_at integer;
create index token_grants_by_team on token_grants (team_id, app_id);
create index token_grants_by_app on token_grants (app_id);

alter table access_tokens add column scope text;
alter table access_tokens add column parent_hash text;
alter table access_tokens add column used_at integer;
create index access_tokens_by_parent on access_tokens (parent_hash) where parent_hash is not null;
create index access_tokens_by_expiry on access_tokens (expires_at);

alter table refresh_tokens add column parent_hash text;
alter table refresh_tokens add column used_at integer;
alter table refresh_tokens add column replaced_at integer;
create index refresh_tokens_by_parent on refresh_tokens (parent_hash) where parent_hash is not null;
create index refresh_tokens_by_grant on refresh_tokens (grant_id, expires_at);
create index refresh_tokens_by_expiry on refresh_tokens (expires_at);

create table authorization_codes (
  code_hash text primary key,
  app_id integer not null references apps (id),
  team_id integer not null references teams (id),
  user_id integer not null references users (id),
  scope text not null,
  redirect_uri text not null,
  is_redirect_uri_required integer not null,
  code_challenge text,
  state_hash text,
  created_at integer not null,
  expires_at integer not null,
  used_at integer,
  grant_id integer references token_grants (id)
) strict, without rowid;
create index authorization_codes_by_expiry on authorization_codes (expires_at);

create table sessions (
  token_hash text primary key,
  user_id integer not null references users (id),
  created_at integer not null,
  expires_at integer not null
) strict, without rowid;
create index sessions_by_user on sessions (user_id);
create index sessions_by_expiry on sessions (expires_at);

create table invitations (
  token_hash text primary key,
  email text not null,
  email_key text not null,
  team_id integer not null references teams (id),
  created_at integer not null,
  expires_at integer not null,
  used_at integer
) strict, without rowid;
create index invitations_by_expiry on invitations (expires_at);

create index team_members_by_user on team_members (user_id, team_id);

create table audit_entries (
  id integer primary key,
  occurred_at integer not null,
  event text not null,
  address text,
  request_id text,
  user_id integer,
  team_id integer,
  app_id integer
) strict;
create trigger audit_entries_never_change before update on audit_entries begin
  select raise(abort, 'the audit only grows');
end;
create trigger audit_entries_never_go before delete on audit_entries begin
  select raise(abort, 'the audit only grows');
end;
`,
  postgres: `
alter table apps add column deleted_at bigint;

alter table token_grants add column last_used_at bigint;
create index token_grants_by_team on token_grants (team_id, app_id);
create index token_grants_by_app on token_grants (app_id);

alter table access_tokens add column scope text;
alter table access_tokens add column parent_hash text collate "C";
alter table access_tokens add column used_at bigint;
create index access_tokens_by_parent on access_tokens (parent_hash) where parent_hash is not null;
create index access_tokens_by_expiry on access_tokens (expires_at);

alter table refresh_tokens add column parent_hash text collate "C";
alter table refresh_tokens add column used_at bigint;
alter table refresh_tokens add column replaced_at bigint;
create index refresh_tokens_by_parent on refresh_tokens (parent_hash) where parent_hash is not null;
create index refresh_tokens_by_grant on refresh_tokens (grant_id, expires_at);
create index refresh_tokens_by_expiry on refresh_tokens (expires_at);

create table authorization_codes (
  code_hash text collate "C" primary key,
  app_id bigint not null references apps (id),
  team_id bigint not null references teams (id),
  user_id bigint not null references users (id),
  scope text not null,
  redirect_uri text not null,
  is_redirect_uri_required integer not null,
  code_challenge text,
  state_hash text,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  grant_id bigint references token_grants (id)
);
create index authorization_codes_by_expiry on authorization_codes (expires_at);

create table sessions (
  token_hash text collate "C" primary key,
  user_id bigint not null references users (id),
  created_at bigint not null,
  expires_at bigint not null
);
create index sessions_by_user on sessions (user_id);
create index sessions_by_expiry on sessions (expires_at);

create table invitations (
  token_hash text collate "C" primary key,
  email text not null,
  email_key text collate "C" not null,
  team_id bigint not null references teams (id),
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);
create index invitations_by_expiry on invitations (expires_at);

create index team_members_by_user on team_members (user_id, team_id);

create table audit_entries (
  id bigint generated always as identity primary key,
  occurred_at bigint not null,
  event text not null,
  address text,
  request_id text,
  user_id bigint,
  team_id bigint,
  app_id bigint
);
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit only grows';
end $$;
create trigger audit_entries_never_change before update or delete on audit_entries
  for each row execute function refuse_audit_change();
create trigger audit_entries_never_go before truncate on audit_entries
  for each statement execute function refuse_audit_change();
`,
};
