import type { Migration } from './migration.js';

const indexes = `
create index customer_match_keys_by_key on customer_match_keys (team_id, key, uuid);
create index customer_pairs_by_doubt on customer_pairs (team_id, doubt, uuid, other_uuid) where uuid < other_uuid;
`;

/** What customers that may be the same are found by, the pairs that were found, and those that were declared to be none. */
export const duplicates: Migration = {
  version: 9,
  name: 'duplicates',
  sqlite: `
create table customer_match_keys (
  team_id integer not null,
  uuid blob not null,
  key integer not null,
  primary key (team_id, uuid, key)
) strict, without rowid;

create table customer_match_progress (
  team_id integer not null,
  changed_at integer not null,
  uuid blob not null,
  primary key (team_id)
) strict, without rowid;

create table customer_pairs (
  team_id integer not null,
  uuid blob not null,
  other_uuid blob not null,
  doubt integer not null,
  primary key (team_id, uuid, other_uuid)
) strict, without rowid;

create table customer_not_duplicates (
  team_id integer not null,
  uuid blob not null,
  other_uuid blob not null,
  declared_at integer not null,
  primary key (team_id, uuid, other_uuid)
) strict, without rowid;
${indexes}`,
  postgres: `
create table customer_match_keys (
  team_id bigint not null,
  uuid uuid not null,
  key bigint not null,
  primary key (team_id, uuid, key)
);

create table customer_match_progress (
  team_id bigint not null,
  changed_at bigint not null,
  uuid uuid not null,
  primary key (team_id)
);

create table customer_pairs (
  team_id bigint not null,
  uuid uuid not null,
  other_uuid uuid not null,
  doubt integer not null,
  primary key (team_id, uuid, other_uuid)
);

create table customer_not_duplicates (
  team_id bigint not null,
  uuid uuid not null,
  other_uuid uuid not null,
  declared_at bigint not null,
  primary key (team_id, uuid, other_uuid)
);
${indexes}`,
};
