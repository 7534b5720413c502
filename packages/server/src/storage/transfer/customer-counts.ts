/** How many customers each team has under each status, counted one by one. */
export const ACTUAL_COUNTS = `select team_id, status, cast(count(*) as bigint) as live from customers
  where deleted_at is null group by team_id, status`;

/** The same as a database keeps it, in whatever shape its engine does. */
export const KEPT_COUNTS = `select team_id, status, cast(sum(live) as bigint) as live from customer_counts
  group by team_id, status having sum(live) <> 0`;
