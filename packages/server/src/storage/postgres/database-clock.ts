import type { RecordClock } from '../storage.js';
import type { Executor } from './connections/executor.js';

/** How often the database is asked for its time while something is written, in milliseconds. */
const MEASURE_EVERY_MS = 30_000;

const DATABASE_TIME = 'select cast(extract(epoch from clock_timestamp()) * 1000 as float8) as "databaseMs"';

/**
 * The database's clock as this process knows it, which all processes go by: their own clocks may differ, and be set while
 * they run. Between two looks it goes on by the time that has passed here.
 */
export class DatabaseClock implements RecordClock {
  #databaseMs = 0;
  #measuredAt = Number.NEGATIVE_INFINITY;
  #dueFrom = Number.NEGATIVE_INFINITY;

  now(): number {
    return Math.floor(this.#databaseMs + performance.now() - this.#measuredAt);
  }

  /** Whether it was not read for a while. Says so once: whoever asks reads it. */
  isDue(): boolean {
    const isDue = performance.now() - this.#dueFrom > MEASURE_EVERY_MS;
    if (isDue) this.#dueFrom = performance.now();
    return isDue;
  }

  /** Reads the database's clock. @throws the driver's error */
  async measure(executor: Executor): Promise<void> {
    await this.readWith(async () => {
      const { rows } = await executor.executeText<{ databaseMs: number }>(DATABASE_TIME, []);
      return rows[0];
    });
  }

  /** Makes a query that tells the database's time beside other things, sets the clock by it, and gives its row. */
  async readWith<R extends { readonly databaseMs: number }>(query: () => Promise<R | undefined>): Promise<R> {
    const askedAt = performance.now();
    const row = await query();
    if (row === undefined) throw new Error('the database told no time');
    const answeredAt = performance.now();
    // Somewhere between question and answer; half of it is the best guess.
    this.#databaseMs = row.databaseMs;
    this.#measuredAt = (askedAt + answeredAt) / 2;
    this.#dueFrom = answeredAt;
    return row;
  }
}
