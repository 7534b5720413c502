import type { CustomerInsert, NewCustomer, NewCustomers } from '../storage.js';

/** Most customers in one statement. */
const BATCH_ROWS = 64;

/** Stores new customers in one statement and gives those that were stored by UUID, as they were stored. */
export type StoreBatch = (customers: NewCustomers) => Promise<ReadonlyMap<string, NewCustomer>>;

/** How a queue stores. */
export interface InsertQueueOptions {
  readonly store: StoreBatch;
  /** Most statements on their way at once: of all teams, and of one, whose customers share them. */
  readonly slots: { readonly all: number; readonly ofTeam: number };
  /** Whether an error says that nothing of the batch was stored, so that each of it can be tried by itself. */
  isRefusal(error: unknown): boolean;
}

interface Waiting {
  readonly row: CustomerInsert;
  resolve(stored: NewCustomer | undefined): void;
  reject(error: unknown): void;
}

/**
 * Customers that wait to be stored. While one statement is on its way to the disk, the next customers of the team gather
 * and share the next statement, each still stored or refused by itself.
 */
export class InsertQueue {
  readonly #options: InsertQueueOptions;
  readonly #waiting = new Map<number, Waiting[]>();
  readonly #inFlight = new Map<number, number>();
  #count = 0;
  #isScheduled = false;

  constructor(options: InsertQueueOptions) {
    this.#options = options;
  }

  /** Stores one customer and gives it as stored; undefined when its email or external id is taken. @throws the storage's error */
  insert(teamId: number, row: CustomerInsert): Promise<NewCustomer | undefined> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(teamId) ?? [];
      waiting.push({ row, resolve, reject });
      this.#waiting.set(teamId, waiting);
      this.#schedule();
    });
  }

  // Customers that arrive in one turn of the event loop go together.
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#sendWaiting();
    });
  }

  #sendWaiting(): void {
    for (const [teamId, waiting] of this.#waiting) {
      const { all, ofTeam } = this.#options.slots;
      if (this.#count >= all) return;
      if (this.#countOf(teamId) >= ofTeam) continue;
      const batch = waiting.splice(0, BATCH_ROWS);
      // A team that has more comes again after the others.
      this.#waiting.delete(teamId);
      if (waiting.length > 0) this.#waiting.set(teamId, waiting);
      void this.#storeBatch(teamId, batch);
    }
  }

  #countOf(teamId: number): number {
    return this.#inFlight.get(teamId) ?? 0;
  }

  #note(teamId: number, change: 1 | -1): void {
    this.#count += change;
    const count = this.#countOf(teamId) + change;
    if (count > 0) this.#inFlight.set(teamId, count);
    else this.#inFlight.delete(teamId);
  }

  async #storeBatch(teamId: number, batch: readonly Waiting[]): Promise<void> {
    this.#note(teamId, 1);
    try {
      await this.#storeTogether(teamId, batch);
    } finally {
      this.#note(teamId, -1);
      if (this.#waiting.size > 0) this.#schedule();
    }
  }

  // One that cannot be stored must not take the others down with it.
  async #storeTogether(teamId: number, batch: readonly Waiting[]): Promise<void> {
    try {
      const stored = await this.#options.store({ teamId, rows: batch.map(({ row }) => row) });
      for (const { row, resolve } of batch) resolve(stored.get(row.uuid));
    } catch (error) {
      if (batch.length > 1 && this.#options.isRefusal(error)) {
        for (const alone of batch) await this.#storeTogether(teamId, [alone]);
      } else {
        for (const { reject } of batch) reject(error);
      }
    }
  }
}
