import { CREATION } from '../creation-event.js';
import type { NewCustomers } from '../storage.js';
import type { Executor } from './executor.js';

/** Rows of a team's totals per status: so many transactions can count at once without waiting for each other. */
export const COUNT_SLOTS = 64;

// One statement for one customer or a hundred: what is stored is counted in the same breath. Sorted by email, so that two
// statements with some of the same emails wait for each other in one direction only.
const INSERT_CUSTOMERS = `with new as (
  select * from json_to_recordset($2::json) as new (
    uuid uuid, status text, "createdAt" bigint, "updatedAt" bigint, version integer,
    "nameKey" text, "emailKey" text, "phoneKey" text, "externalId" text, body text)
), stored as (
  insert into customers (team_id, uuid, status, created_at, updated_at, version,
    name_key, email_key, phone_key, external_id, body)
  select $1::bigint, uuid, status, "createdAt", "updatedAt", version,
    "nameKey", "emailKey", "phoneKey", "externalId", body
  from new order by "emailKey" collate "C"
  on conflict do nothing
  returning uuid, status
), counted as (
  insert into customer_counts as counts (team_id, status, slot, live)
  select $1::bigint, status, pg_backend_pid() % ${COUNT_SLOTS}, count(*) from stored group by status order by status
  on conflict (team_id, status, slot) do update set live = counts.live + excluded.live
), told as (
  insert into webhook_events (team_id, customer_uuid, version, event, occurred_at, written_at, data, previous_data,
    is_fanned_out)
  select $1::bigint, uuid, version, '${CREATION}', "updatedAt", cast(extract(epoch from statement_timestamp()) * 1000 as bigint),
    body, null, 0
  from new where uuid in (select uuid from stored) and exists (
    select 1 from webhooks where team_id = $1::bigint and event in ('${CREATION}', '*') and status <> 'disabled')
)
select uuid from stored`;

/**
 * Stores and counts new customers of a team and appends their events in one statement, but for those whose email or external id is taken.
 *
 * @throws the driver's error
 */
export async function insertCustomers(
  executor: Executor,
  { teamId, rows }: NewCustomers,
): Promise<ReadonlySet<string>> {
  const stored = await executor.executeText<{ uuid: string }>(INSERT_CUSTOMERS, [teamId, JSON.stringify(rows)]);
  return new Set(stored.rows.map(({ uuid }) => uuid));
}
