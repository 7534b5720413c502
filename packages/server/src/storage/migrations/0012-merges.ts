import type { Migration } from './migration.js';

/** Which customer another was merged into, and what it gave, contract §7.3. */
export const merges: Migration = {
  version: 12,
  name: 'merges',
  sqlite: `
alter table customers add column merged_into blob;

create table customer_merges (
  team_id integer not null references teams (id),
  customer_uuid blob not null,
  into_uuid blob not null,
  into_version integer not null,
  taken text not null,
  primary key (team_id, customer_uuid)
) strict;
create index customer_merges_by_target on customer_merges (team_id, into_uuid);
`,
  postgres: `
alter table customers add column if not exists merged_into uuid;

create table customer_merges (
  team_id bigint not null,
  customer_uuid uuid not null,
  into_uuid uuid not null,
  into_version integer not null,
  taken text not null,
  primary key (team_id, customer_uuid)
);
create index customer_merges_by_target on customer_merges (team_id, into_uuid);
`,
};
