import type { Executor } from '../connections/executor.js';

/** Customers after which the table is looked at first; then each time it has grown fourfold. */
const FIRST_LOOK_ROWS = 500;
const GROWTH = 4;
/** From so many customers on the server's own housekeeping looks often enough. */
const LARGE_ROWS = 200_000;

/** Does a piece of work on a connection. */
type Use = (work: (executor: Executor) => Promise<unknown>) => Promise<unknown>;

/**
 * Has the server look at the table of customers while it grows from nothing. A plan that was made for an empty table takes
 * any index for as good as the right one, and is kept until the server learns better by itself, a minute later or more.
 */
export class EarlyStatistics {
  readonly #use: Use;
  #inserted = 0;
  #nextLook = FIRST_LOOK_ROWS;

  constructor(use: Use) {
    this.#use = use;
  }

  /** Notes that customers were stored. */
  noteInserts(count: number): void {
    this.#inserted += count;
    if (this.#inserted < this.#nextLook) return;
    this.#nextLook = this.#inserted < LARGE_ROWS ? this.#inserted * GROWTH : Number.POSITIVE_INFINITY;
    // Where it fails, plans stay as they are for a while.
    this.#use((executor) => executor.control('analyze customers')).catch(() => undefined);
  }
}
