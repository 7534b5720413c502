import type { Migration } from './migration.js';

const BY_SEARCH = `customers using gin (team_id, (search_text || chr(31) || phone_key) gin_trgm_ops) where deleted_at is null`;
const TO_KEY = 'customers (team_id, keyed_version, uuid) where coalesce(keyed_version, 0) <> version';

/**
 * What customers are searched by, and for which version of a row its keys were made: a row that an earlier program wrote
 * is told by it, and gets new keys while a server runs.
 */
export const customerKeys: Migration = {
  version: 7,
  name: 'customer-keys',
  sqlite: `
alter table customers add column search_text text;
alter table customers add column keyed_version integer;
create index customers_to_key on ${TO_KEY};

drop trigger customers_searched_text_changed;
create trigger customers_searched_text_changed
after update of name_key, email_key, phone_key, search_text, keyed_version, deleted_at on customers
when old.name_key <> new.name_key or old.email_key <> new.email_key or old.phone_key <> new.phone_key
  or old.search_text is not new.search_text or (old.deleted_at is null) <> (new.deleted_at is null)
  or (coalesce(old.keyed_version, 0) <> old.version and new.keyed_version = new.version)
begin
  insert into search_pending (customer_id, version) values (new.id, new.version)
    on conflict (customer_id) do update set version = excluded.version;
end;
`,
  // A new database has nothing that would have to wait. In any other, customers_by_text goes once no row needs it.
  postgres: `
alter table customers add column if not exists search_text text collate "C";
alter table customers add column if not exists keyed_version integer;
do $$ begin
  if not exists (select from customers) then
    create index if not exists customers_by_search on ${BY_SEARCH};
    create index if not exists customers_to_key on ${TO_KEY};
    drop index if exists customers_by_text;
  end if;
end $$;
`,
  postgresIndexes: [
    { name: 'customers_by_search', on: BY_SEARCH },
    { name: 'customers_to_key', on: TO_KEY },
  ],
};
