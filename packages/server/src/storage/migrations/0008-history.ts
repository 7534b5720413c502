import type { Migration } from './migration.js';

/**
 * Every former version of a customer, contract §7.1. Who made the version that a row has stands in the row, so that a create
 * writes nothing more.
 */
export const history: Migration = {
  version: 8,
  name: 'history',
  sqlite: `
alter table customers add column made_by text;

create table customer_versions (
  team_id integer not null references teams (id),
  customer_uuid blob not null,
  version integer not null,
  updated_at integer not null,
  is_deleted integer not null,
  made_by text,
  body text not null,
  primary key (team_id, customer_uuid, version)
) strict;
`,
  postgres: `
alter table customers add column if not exists made_by text;

create table customer_versions (
  team_id bigint not null,
  customer_uuid uuid not null,
  version integer not null,
  updated_at bigint not null,
  is_deleted integer not null,
  made_by text,
  body text not null,
  primary key (team_id, customer_uuid, version)
);
`,
};
