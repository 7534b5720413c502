import { sql } from 'kysely';
import { statement } from '../../storage/statement.js';
import type { Reader } from '../../storage/storage.js';

/** How far is counted: whoever has more waiting need not know how much more. */
export const MOST_COUNTED = 10_000;

const events = statement<Record<never, never>>()(({ db }) =>
  db
    .selectFrom(
      db
        .selectFrom('webhook_events')
        .select('version')
        .where('is_fanned_out', '=', sql.lit(0))
        .limit(sql.lit(MOST_COUNTED))
        .as('waiting'),
    )
    .select(({ fn }) => fn.countAll<number>().as('count')),
);

const deliveries = statement<Record<never, never>>()(({ db }) =>
  db
    .selectFrom(
      db
        .selectFrom('webhook_deliveries')
        .select('version')
        .where('status', '=', sql.lit('pending'))
        .limit(sql.lit(MOST_COUNTED))
        .as('waiting'),
    )
    .select(({ fn }) => fn.countAll<number>().as('count')),
);

/** How many events and deliveries wait, each up to {@link MOST_COUNTED}. */
export async function countWaiting(reader: Reader): Promise<{ readonly events: number; readonly deliveries: number }> {
  return {
    events: (await reader.first(events, {}))?.count ?? 0,
    deliveries: (await reader.first(deliveries, {}))?.count ?? 0,
  };
}
