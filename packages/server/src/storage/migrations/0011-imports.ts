import type { Migration } from './migration.js';

const OF_CUSTOMERS = 'customers (team_id, import_uuid, uuid) where import_uuid is not null';
const OF_VERSIONS = 'customer_versions (team_id, import_uuid, customer_uuid) where import_uuid is not null';

const tables = (integer: string, uuid: string, end: string) => `
create table imports (
  team_id ${integer} not null,
  uuid ${uuid} not null,
  name text not null,
  total ${integer},
  status text not null,
  created ${integer} not null,
  updated ${integer} not null,
  unchanged ${integer} not null,
  failed ${integer} not null,
  created_at ${integer} not null,
  author text not null,
  primary key (team_id, uuid)
)${end};
create index imports_by_age on imports (team_id, created_at, uuid);
`;

/** Imports: a name for a batch of changes, and by it the changes that can still be taken back, contract §8. */
export const imports: Migration = {
  version: 11,
  name: 'imports',
  sqlite: `
alter table customers add column import_uuid blob;
alter table customer_versions add column import_uuid blob;
create index customers_by_import on ${OF_CUSTOMERS};
create index customer_versions_by_import on ${OF_VERSIONS};
${tables('integer', 'blob', ' strict')}`,
  // A new database has nothing that would have to wait.
  postgres: `
alter table customers add column if not exists import_uuid uuid;
alter table customer_versions add column if not exists import_uuid uuid;
do $$ begin
  if not exists (select from customers) then
    create index if not exists customers_by_import on ${OF_CUSTOMERS};
    create index if not exists customer_versions_by_import on ${OF_VERSIONS};
  end if;
end $$;
${tables('bigint', 'uuid', '').replace(/create (table|index)/g, 'create $1 if not exists')}`,
  postgresIndexes: [
    { name: 'customers_by_import', on: OF_CUSTOMERS },
    { name: 'customer_versions_by_import', on: OF_VERSIONS },
  ],
};
