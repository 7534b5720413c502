import type { Migration } from './migration.js';

/** Webhook subscriptions, the outbox of events, deliveries and their attempts. */
export const webhooks: Migration = {
  version: 3,
  name: 'webhooks',
  sqlite: `
create table webhooks (
  team_id integer not null references teams (id),
  uuid blob not null,
  app_id integer not null references apps (id),
  event text not null,
  callback_url text not null,
  queue blob not null,
  status text not null,
  encrypted_secret text,
  previous_encrypted_secret text,
  previous_secret_until integer,
  created_at integer not null,
  updated_at integer not null,
  failing_since integer,
  disabled_reason text,
  expires_at integer,
  deleted_at integer,
  primary key (team_id, uuid)
) strict, without rowid;
create index webhooks_by_event on webhooks (team_id, event) where status <> 'disabled';
create index webhooks_by_age on webhooks (team_id, created_at, uuid) where deleted_at is null;
create index webhooks_ended on webhooks (deleted_at) where deleted_at is not null;
create index webhooks_by_expiry on webhooks (expires_at) where expires_at is not null;

create table webhook_events (
  team_id integer not null,
  customer_uuid blob not null,
  version integer not null,
  event text not null,
  occurred_at integer not null,
  written_at integer not null,
  data text not null,
  previous_data text,
  is_fanned_out integer not null,
  primary key (team_id, customer_uuid, version)
) strict;
create index webhook_events_waiting on webhook_events (team_id, occurred_at, customer_uuid, version)
  where is_fanned_out = 0;

create table webhook_deliveries (
  team_id integer not null,
  uuid blob not null,
  webhook_uuid blob not null,
  queue blob not null,
  customer_uuid blob not null,
  version integer not null,
  event text not null,
  status text not null,
  due_at integer,
  claimed_until integer,
  attempts integer not null,
  round_attempts integer not null,
  created_at integer not null,
  finished_at integer,
  is_test integer not null,
  primary key (team_id, uuid)
) strict;
create index webhook_deliveries_by_webhook on webhook_deliveries (team_id, webhook_uuid, status, uuid);
create index webhook_deliveries_due on webhook_deliveries (team_id, webhook_uuid, due_at) where due_at is not null;
create index webhook_deliveries_due_in_team on webhook_deliveries (team_id, due_at) where due_at is not null;
create index webhook_deliveries_queued on webhook_deliveries (team_id, queue, customer_uuid, version)
  where status = 'pending';
create index webhook_deliveries_by_event on webhook_deliveries (team_id, customer_uuid, version);

create table webhook_attempts (
  team_id integer not null,
  delivery_uuid blob not null,
  number integer not null,
  settled_at integer not null,
  started_at integer not null,
  duration_ms integer not null,
  status_code integer,
  error text,
  request_headers text not null,
  answer_start text,
  primary key (team_id, delivery_uuid, number)
) strict;
create index webhook_attempts_by_time on webhook_attempts (team_id, settled_at);
`,
  postgres: `
create table webhooks (
  team_id bigint not null references teams (id),
  uuid uuid not null,
  app_id bigint not null references apps (id),
  event text collate "C" not null,
  callback_url text not null,
  queue uuid not null,
  status text collate "C" not null,
  encrypted_secret text,
  previous_encrypted_secret text,
  previous_secret_until bigint,
  created_at bigint not null,
  updated_at bigint not null,
  failing_since bigint,
  disabled_reason text,
  expires_at bigint,
  deleted_at bigint,
  primary key (team_id, uuid)
);
create index webhooks_by_event on webhooks (team_id, event) where status <> 'disabled';
create index webhooks_by_age on webhooks (team_id, created_at, uuid) where deleted_at is null;
create index webhooks_ended on webhooks (deleted_at) where deleted_at is not null;
create index webhooks_by_expiry on webhooks (expires_at) where expires_at is not null;

create table webhook_events (
  team_id bigint not null,
  customer_uuid uuid not null,
  version integer not null,
  event text collate "C" not null,
  occurred_at bigint not null,
  written_at bigint not null,
  data text not null,
  previous_data text,
  is_fanned_out integer not null,
  primary key (team_id, customer_uuid, version)
);
create index webhook_events_waiting on webhook_events (team_id, occurred_at, customer_uuid, version)
  where is_fanned_out = 0;

create table webhook_deliveries (
  team_id bigint not null,
  uuid uuid not null,
  webhook_uuid uuid not null,
  queue uuid not null,
  customer_uuid uuid not null,
  version integer not null,
  event text collate "C" not null,
  status text collate "C" not null,
  due_at bigint,
  claimed_until bigint,
  attempts integer not null,
  round_attempts integer not null,
  created_at bigint not null,
  finished_at bigint,
  is_test integer not null,
  primary key (team_id, uuid)
) with (fillfactor = 80);
create index webhook_deliveries_by_webhook on webhook_deliveries (team_id, webhook_uuid, status, uuid);
create index webhook_deliveries_due on webhook_deliveries (team_id, webhook_uuid, due_at) where due_at is not null;
create index webhook_deliveries_due_in_team on webhook_deliveries (team_id, due_at) where due_at is not null;
create index webhook_deliveries_queued on webhook_deliveries (team_id, queue, customer_uuid, version)
  where status = 'pending';
create index webhook_deliveries_by_event on webhook_deliveries (team_id, customer_uuid, version);

create table webhook_attempts (
  team_id bigint not null,
  delivery_uuid uuid not null,
  number integer not null,
  settled_at bigint not null,
  started_at bigint not null,
  duration_ms integer not null,
  status_code integer,
  error text,
  request_headers text not null,
  answer_start text,
  primary key (team_id, delivery_uuid, number)
);
create index webhook_attempts_by_time on webhook_attempts (team_id, settled_at);
`,
};
