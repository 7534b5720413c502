import type { Migration } from './migration.js';

/** Teams, users, apps, tokens, customers with search and counts, and kept answers. */
export const customersAndTenants: Migration = {
  version: 1,
  name: 'customers-and-tenants',
  sqlite: `
create table teams (
  id integer primary key,
  uuid blob not null unique,
  name text not null,
  created_at integer not null
) strict;

create table users (
  id integer primary key,
  uuid blob not null unique,
  email text not null,
  email_key text not null unique,
  password_hash text not null,
  created_at integer not null
) strict;

create table team_members (
  team_id integer not null references teams (id),
  user_id integer not null references users (id),
  created_at integer not null,
  primary key (team_id, user_id)
) strict, without rowid;

create table apps (
  id integer primary key,
  client_id text not null unique,
  name text not null,
  rate_limit integer,
  created_at integer not null,
  disabled_at integer
) strict;

create table app_redirect_uris (
  app_id integer not null references apps (id),
  uri text not null,
  primary key (app_id, uri)
) strict, without rowid;

create table app_secrets (
  id integer primary key,
  app_id integer not null references apps (id),
  encrypted_secret text not null,
  created_at integer not null
) strict;
create index app_secrets_by_app on app_secrets (app_id, id);

create table token_grants (
  id integer primary key,
  app_id integer not null references apps (id),
  team_id integer not null references teams (id),
  user_id integer references users (id),
  scope text not null,
  created_at integer not null,
  revoked_at integer
) strict;

create table access_tokens (
  token_hash text primary key,
  grant_id integer not null references token_grants (id),
  created_at integer not null,
  expires_at integer not null
) strict, without rowid;

create table refresh_tokens (
  token_hash text primary key,
  grant_id integer not null references token_grants (id),
  created_at integer not null,
  expires_at integer not null
) strict, without rowid;

create table customers (
  id integer primary key,
  team_id integer not null references teams (id),
  uuid blob not null,
  status text not null,
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer,
  version integer not null,
  name_key text not null,
  email_key text not null,
  phone_key text not null,
  external_id text,
  body text not null
) strict;
create unique index customers_by_uuid on customers (team_id, uuid);
create unique index customers_by_email on customers (team_id, email_key) where deleted_at is null;
create unique index customers_by_external_id on customers (team_id, external_id)
  where external_id is not null and deleted_at is null;
create index customers_by_name on customers (team_id, name_key, uuid) where deleted_at is null;
create index customers_by_created on customers (team_id, created_at, uuid) where deleted_at is null;
create index customers_by_updated on customers (team_id, updated_at, uuid) where deleted_at is null;

create table customer_counts (
  team_id integer not null,
  status text not null,
  live integer not null,
  primary key (team_id, status)
) strict, without rowid;

create table search_pending (
  customer_id integer primary key,
  version integer not null
) strict;

create table search_state (
  id integer primary key check (id = 1),
  epoch text not null,
  generation integer not null
) strict;

create trigger customers_inserted after insert on customers begin
  insert into search_pending (customer_id, version) values (new.id, new.version);
  insert into customer_counts (team_id, status, live) values (new.team_id, new.status, 1)
    on conflict (team_id, status) do update set live = live + 1;
end;

create trigger customers_searched_text_changed after update of name_key, email_key, phone_key, deleted_at on customers
when old.name_key <> new.name_key or old.email_key <> new.email_key or old.phone_key <> new.phone_key
  or (old.deleted_at is null) <> (new.deleted_at is null)
begin
  insert into search_pending (customer_id, version) values (new.id, new.version)
    on conflict (customer_id) do update set version = excluded.version;
end;

create trigger customers_counted after update of status, deleted_at on customers
when old.status <> new.status or (old.deleted_at is null) <> (new.deleted_at is null)
begin
  update customer_counts set live = live - 1
    where team_id = old.team_id and status = old.status and old.deleted_at is null;
  insert into customer_counts (team_id, status, live)
    select new.team_id, new.status, 1 where new.deleted_at is null
    on conflict (team_id, status) do update set live = live + 1;
end;

create table idempotent_answers (
  team_id integer not null references teams (id),
  app_id integer not null references apps (id),
  idempotency_key text not null,
  fingerprint text not null,
  status integer not null,
  headers text not null,
  body text not null,
  created_at integer not null,
  primary key (team_id, app_id, idempotency_key)
) strict;
create index idempotent_answers_by_age on idempotent_answers (created_at);
`,
  postgres: `
create extension if not exists pg_trgm;
create extension if not exists btree_gin;

create table teams (
  id bigint generated always as identity primary key,
  uuid uuid not null unique,
  name text not null,
  created_at bigint not null
);

create table users (
  id bigint generated always as identity primary key,
  uuid uuid not null unique,
  email text not null,
  email_key text collate "C" not null unique,
  password_hash text not null,
  created_at bigint not null
);

create table team_members (
  team_id bigint not null references teams (id),
  user_id bigint not null references users (id),
  created_at bigint not null,
  primary key (team_id, user_id)
);

create table apps (
  id bigint generated always as identity primary key,
  client_id text not null unique,
  name text not null,
  rate_limit bigint,
  created_at bigint not null,
  disabled_at bigint
);

create table app_redirect_uris (
  app_id bigint not null references apps (id),
  uri text collate "C" not null,
  primary key (app_id, uri)
);

create table app_secrets (
  id bigint generated always as identity primary key,
  app_id bigint not null references apps (id),
  encrypted_secret text not null,
  created_at bigint not null
);
create index app_secrets_by_app on app_secrets (app_id, id);

create table token_grants (
  id bigint generated always as identity primary key,
  app_id bigint not null references apps (id),
  team_id bigint not null references teams (id),
  user_id bigint references users (id),
  scope text not null,
  created_at bigint not null,
  revoked_at bigint
);

create table access_tokens (
  token_hash text collate "C" primary key,
  grant_id bigint not null references token_grants (id),
  created_at bigint not null,
  expires_at bigint not null
);

create table refresh_tokens (
  token_hash text collate "C" primary key,
  grant_id bigint not null references token_grants (id),
  created_at bigint not null,
  expires_at bigint not null
);

create table customers (
  team_id bigint not null,
  uuid uuid not null,
  status text not null,
  created_at bigint not null,
  updated_at bigint not null,
  deleted_at bigint,
  version integer not null,
  name_key text collate "C" not null,
  email_key text collate "C" not null,
  phone_key text collate "C" not null,
  external_id text collate "C",
  body text not null,
  primary key (team_id, uuid)
);
create unique index customers_by_email on customers (team_id, email_key) where deleted_at is null;
create unique index customers_by_external_id on customers (team_id, external_id)
  where external_id is not null and deleted_at is null;
create index customers_by_name on customers (team_id, name_key, uuid) where deleted_at is null;
create index customers_by_created on customers (team_id, created_at, uuid) where deleted_at is null;
create index customers_by_updated on customers (team_id, updated_at, uuid) where deleted_at is null;
create index customers_by_text on customers
  using gin (team_id, (name_key || chr(31) || email_key || chr(31) || phone_key) gin_trgm_ops)
  where deleted_at is null;

create table customer_counts (
  team_id bigint not null,
  status text not null,
  slot integer not null,
  live bigint not null,
  primary key (team_id, status, slot)
) with (fillfactor = 50);

create table idempotent_answers (
  team_id bigint not null,
  app_id bigint not null,
  idempotency_key text collate "C" not null,
  fingerprint text not null,
  status integer not null,
  headers text not null,
  body text not null,
  created_at bigint not null,
  primary key (team_id, app_id, idempotency_key)
);
create index idempotent_answers_by_age on idempotent_answers (created_at);
`,
};
