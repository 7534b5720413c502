import { settledTime } from '../settled-time.js';
import type { Executor } from './connections/executor.js';
import type { DatabaseClock } from './database-clock.js';

/** How long what was seen is used, in milliseconds: a time that was settled then is so still. */
const USED_FOR_MS = 1_000;

// What a transaction has written began with it at the earliest. One that has no number has written nothing: its next change
// begins with the statement that it is at, or later, so that those who only read for hours hold up nobody. Where the server
// does not keep track of its sessions, nothing is known to be settled.
const LOOK = `select cast(extract(epoch from statement_timestamp()) * 1000 as float8) as "databaseMs",
  cast(extract(epoch from case when current_setting('track_activities')::boolean then min(
    case when backend_xid is not null then xact_start when state not like 'idle in transaction%' then query_start end
  ) else to_timestamp(0) end) * 1000 as float8) as oldest
from pg_stat_activity
where datname = current_database() and backend_type = 'client backend' and xact_start is not null
  and pid <> pg_backend_pid()`;

interface Seen {
  readonly databaseMs: number;
  readonly oldest: number | null;
}

/** Looks on the primary for transactions that are in flight, of this process or another, once a second at most. */
export class SettledLook {
  readonly #read: (look: (executor: Executor) => Promise<number>) => Promise<number>;
  readonly #clock: DatabaseClock;
  #seen: Promise<number> | undefined;
  #seenAt = 0;

  constructor(read: (look: (executor: Executor) => Promise<number>) => Promise<number>, clock: DatabaseClock) {
    this.#read = read;
    this.#clock = clock;
  }

  /** A time before which nothing changes any more, by the database's clock. @throws the driver's error */
  until(): Promise<number> {
    if (this.#seen !== undefined && performance.now() - this.#seenAt < USED_FOR_MS) return this.#seen;
    const seen = this.#read((executor) => this.#look(executor));
    this.#seen = seen;
    this.#seenAt = performance.now();
    // A look that failed is not used again.
    seen.catch(() => {
      if (this.#seen === seen) this.#seen = undefined;
    });
    return seen;
  }

  async #look(executor: Executor): Promise<number> {
    const { databaseMs, oldest } = await this.#clock.readWith<Seen>(async () => {
      const { rows } = await executor.executeText<Seen>(LOOK, []);
      return rows[0];
    });
    return settledTime(databaseMs, oldest ?? undefined);
  }
}
