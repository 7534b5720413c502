import type { CountMove } from '../storage.js';
import type { Executor } from './connections/executor.js';
import { COUNT_SLOTS } from './insert-customers.js';

const MOVE_COUNT = `insert into customer_counts as counts (team_id, status, slot, live)
  select $1::bigint, status, pg_backend_pid() % ${COUNT_SLOTS}, step
  from (values ($2::text, -1), ($3::text, 1)) as moved (status, step) where status is not null order by status
  on conflict (team_id, status, slot) do update set live = counts.live + excluded.live`;

/** Keeps a team's totals true; nothing happens where the status stays. A slot may go below zero: only their sum tells. */
export async function moveCount(executor: Executor, { teamId, from, to }: CountMove): Promise<void> {
  if (from !== to) await executor.executeText(MOVE_COUNT, [teamId, from, to]);
}
