import { runPostgresSql } from '../harness/postgres-sql.js';

/** Customers of the team that is filled. */
export const MANY = 1_000_000;
/** Other teams, and the customers, grants and access tokens of each. */
const TEAMS = 1_000;
const CUSTOMERS_EACH = 20;
const TOKENS_EACH = 50;

/** The keys of the customer with a number, as {@link fillCustomers} makes them. */
export function filledCustomer(number: number): { email: string; externalId: string; rareText: string } {
  const token = number.toString(16).padStart(6, '0');
  return { email: `m${token}@acme.example`, externalId: `ext-${number}`, rareText: `m${token}` };
}

/**
 * Fills a database with a million customers of one team, a thousand other teams with customers, and access tokens of
 * theirs, and has the server look at it all. Indexes are dropped before and made again after, which takes a fifth of the
 * time.
 */
export async function fillCustomers(url: string, teamId: number): Promise<void> {
  const indexes = await runPostgresSql(
    url,
    "select indexname as name, indexdef as text from pg_indexes where tablename = 'customers' and indexname <> 'customers_pkey'",
  );
  await runPostgresSql(
    url,
    [
      "set maintenance_work_mem = '256MB'; set synchronous_commit = off",
      ...indexes.map(({ name }) => `drop index ${String(name)}`),
      'alter table customers drop constraint customers_pkey',
      OTHER_TEAMS,
      insertCustomers(String(teamId), `generate_series(1::bigint, ${MANY}) number`),
      insertCustomers(
        'team.id',
        `teams team, generate_series(1::bigint, ${CUSTOMERS_EACH}) number where team.name = 'Other'`,
      ),
      'alter table customers add constraint customers_pkey primary key (team_id, uuid)',
      ...indexes.map(({ text }) => String(text)),
      ...insertMatches(String(teamId)),
      `insert into customer_counts (team_id, status, slot, live)
        select team_id, status, 0, count(*) from customers group by team_id, status`,
      'analyze',
    ].join(';\n'),
  );
}

const OTHER_TEAMS = `insert into teams (uuid, name, created_at)
    select gen_random_uuid(), 'Other', 1700000000000 from generate_series(1, ${TEAMS});
  insert into apps (client_id, name, created_at) select 'filled_' || number, 'Other', 1700000000000
    from generate_series(1, ${TEAMS}) number;
  insert into token_grants (app_id, team_id, scope, created_at)
    select app.id, team.id, 'customers:read', 1700000000000
    from (select id, row_number() over () as number from apps) app
    join (select id, row_number() over () as number from teams where name = 'Other') team using (number);
  insert into access_tokens (token_hash, grant_id, created_at, expires_at)
    select md5(id || '-' || number) || md5(number || '-' || id), id, 1700000000000, 1900000000000
    from token_grants, generate_series(1, ${TOKENS_EACH}) number`;

// Neither names nor times are in the order of the emails.
function insertCustomers(teamId: string, from: string): string {
  return `insert into customers (team_id, uuid, status, created_at, updated_at, version,
      name_key, email_key, phone_key, search_text, keyed_version, external_id, body)
    select team_id, uuid, status, 1700000000000 + number * 7919 % ${MANY}, 1700000000000 + number * 104729 % ${MANY}, 1,
      name, email, '', name || chr(31) || email || chr(31) || external_id, 1, external_id, format('${BODY}', uuid, uuid, name, email, status, external_id)
    from (
      select ${teamId} as team_id, number, md5(${teamId} || '-' || number)::uuid as uuid,
        case when number % 10 = 0 then 'inactive' else 'active' end as status,
        'trader ' || number * 15485863 % ${MANY} as name,
        'm' || lpad(to_hex(number), 6, '0') || '@acme.example' as email,
        'ext-' || number as external_id
      from ${from}
    ) made`;
}

// A key for each customer of the team, and for some one that very many have, and a pair for one in twenty.
function insertMatches(teamId: string): string[] {
  const customers = `customers where team_id = ${teamId}`;
  return [
    `insert into customer_match_keys (team_id, uuid, key)
      select team_id, uuid, key from (
        select team_id, uuid, ('x' || left(md5(email_key), 12))::bit(48)::bigint as key from ${customers}
        union all select team_id, uuid, created_at % 40 from ${customers} and created_at % 20 = 0
      ) made`,
    `insert into customer_pairs (team_id, uuid, other_uuid, doubt)
      select team_id, uuid, lead(uuid) over (order by uuid), created_at % 30 from ${customers} and created_at % 10 = 0
      order by uuid limit ${MANY / 20}`,
    `insert into customer_match_progress (team_id, changed_at, uuid)
      select distinct on (team_id) team_id, updated_at, uuid from customers order by team_id, updated_at desc, uuid desc
      on conflict do nothing`,
  ];
}

const BODY = JSON.stringify({
  uuid: '%s',
  id: '%s',
  customer: '%s',
  email: '%s',
  mainPhone: null,
  website: null,
  status: '%s',
  billingAddress: null,
  shippingAddress: null,
  contacts: [],
  externalId: '%s',
  metadata: {},
  createdAt: '2023-11-14T22:13:20.000Z',
  updatedAt: '2023-11-14T22:13:20.000Z',
  version: 1,
});
