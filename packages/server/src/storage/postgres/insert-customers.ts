import { PartnerError } from '@countersign/contract';
import { restampedCustomer } from '../customers/restamped-customer.js';
import { STALE_AFTER_MS } from '../settled-time.js';
import type { CustomerInsert, NewCustomer, NewCustomers } from '../storage.js';
import type { Executor } from './connections/executor.js';
import type { DatabaseClock } from './database-clock.js';
import { STATEMENT_MS } from './postgres-dialect.js';

/** Rows of a team's totals per status: so many transactions can count at once without waiting for each other. */
export const COUNT_SLOTS = 64;

// One statement for one customer or a hundred: what is stored is counted in the same breath. Sorted by email, so that two
// statements with some of the same emails wait for each other in one direction only. Where one of them carries a time that
// mirrors may have gone past, none is stored, and a row without a UUID says so.
const INSERT_CUSTOMERS = `with new as (
  select * from json_to_recordset($2::json) as new (
    uuid uuid, status text, "createdAt" bigint, "updatedAt" bigint, version integer,
    "nameKey" text, "emailKey" text, "phoneKey" text, "searchText" text, "externalId" text, "madeBy" text, "importUuid" uuid, body text, mark json,
    event json)
), stale as (
  select 1 from new where "updatedAt" < ${STATEMENT_MS} - ${STALE_AFTER_MS} limit 1
), stored as (
  insert into customers (team_id, uuid, status, created_at, updated_at, version,
    name_key, email_key, phone_key, search_text, keyed_version, external_id, made_by, import_uuid, body)
  select $1::bigint, uuid, status, "createdAt", "updatedAt", version,
    "nameKey", "emailKey", "phoneKey", "searchText", version, "externalId", "madeBy", "importUuid", body
  from new where not exists (select 1 from stale) order by "emailKey" collate "C"
  on conflict do nothing
  returning uuid, status
), counted as (
  insert into customer_counts as counts (team_id, status, slot, live)
  select $1::bigint, status, pg_backend_pid() % ${COUNT_SLOTS}, count(*) from stored group by status order by status
  on conflict (team_id, status, slot) do update set live = counts.live + excluded.live
), told as (
  insert into webhook_events (team_id, customer_uuid, version, event, occurred_at, written_at, data, previous_data,
    is_fanned_out)
  select $1::bigint, uuid, (event->>'version')::integer, event->>'event', (event->>'occurredAt')::bigint, ${STATEMENT_MS},
    coalesce(event->>'data', body), event->>'previousData', 0
  from new where uuid in (select uuid from stored) and exists (
    select 1 from webhooks
    where team_id = $1::bigint and webhooks.event in (new.event->>'event', '*') and status <> 'disabled')
), marked as (
  insert into request_marks (team_id, signed_at, signature)
  select $1::bigint, (mark->>'signedAt')::bigint, (mark->>'signature')::uuid
  from new where mark is not null and uuid in (select uuid from stored)
)
select uuid from stored union all select null from stale`;

/** A row that was made longer ago than this, in milliseconds, gets a time of now before it is sent. */
const FRESH_MS = 1_000;
/** How often rows are sent; the clock is read anew before each time but the first. */
const TRIES = 3;

/**
 * Stores and counts new customers of a team with their events in one statement, but for those whose email or
 * external id is taken; gives the stored ones by UUID, as they were stored.
 *
 * @throws the driver's error; PartnerError `unavailable` where the database's clock cannot be followed
 */
export async function insertCustomers(
  executor: Executor,
  { teamId, rows }: NewCustomers,
  clock: DatabaseClock,
): Promise<ReadonlyMap<string, NewCustomer>> {
  for (let tries = 1; ; tries++) {
    const now = clock.now();
    const timely = rows.map((row) => (row.updatedAt < now - FRESH_MS ? restampedCustomer(row, now) : row));
    const answered = await executor.executeText<{ uuid: string | null }>(INSERT_CUSTOMERS, [
      teamId,
      JSON.stringify(timely.map(toldRow)),
    ]);
    const uuids = new Set(answered.rows.map(({ uuid }) => uuid));
    if (!uuids.has(null)) return new Map(timely.filter(({ uuid }) => uuids.has(uuid)).map((row) => [row.uuid, row]));
    if (tries === TRIES) throw new PartnerError('unavailable');
    await clock.measure(executor);
  }
}

// What the event says of the customer is the body most often, which then is sent once.
function toldRow(row: CustomerInsert): object {
  const { version, event, occurredAt, data, previousData } = row.eventOf(row);
  const told = { version, event, occurredAt, previousData, data: data === row.body ? null : data };
  return { ...row, event: told };
}
