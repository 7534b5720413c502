import type { Statement } from '../statement.js';
import { type CountMove, type NewCustomer, type NewCustomers, RowBusy, type Transaction } from '../storage.js';
import type { Executor } from './connections/executor.js';
import { matchesNothing } from './connections/statement-cache.js';
import type { DatabaseClock } from './database-clock.js';
import { insertCustomers } from './insert-customers.js';
import { moveCount } from './move-count.js';
import { isLockTimeout } from './postgres-fault.js';

/** A transaction on one connection, which is its own until it ends. */
export class PostgresTransaction implements Transaction {
  readonly #executor: Executor;
  readonly #clock: DatabaseClock;
  #depth = 0;
  #inserted = 0;

  constructor(executor: Executor, clock: DatabaseClock) {
    this.#executor = executor;
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  async all<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R[]> {
    return matchesNothing(parameters) ? [] : (await this.#executor.execute(query, parameters)).rows;
  }

  async first<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R | undefined> {
    return matchesNothing(parameters) ? undefined : (await this.#executor.execute(query, parameters)).rows[0];
  }

  async run<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<number> {
    try {
      return (await this.#executor.execute(query, parameters)).rowCount ?? 0;
    } catch (error) {
      throw isLockTimeout(error) ? new RowBusy(error) : error;
    }
  }

  /** Customers that were stored so far, also where that was undone since. */
  get inserted(): number {
    return this.#inserted;
  }

  async insertCustomers(customers: NewCustomers): Promise<ReadonlyMap<string, NewCustomer>> {
    const stored = await insertCustomers(this.#executor, customers, this.#clock);
    this.#inserted += stored.size;
    return stored;
  }

  moveCount(move: CountMove): Promise<void> {
    return moveCount(this.#executor, move);
  }

  async attempt<T>(work: () => Promise<T>): Promise<T> {
    const savepoint = `attempt_${++this.#depth}`;
    this.#send(`savepoint ${savepoint}`);
    try {
      const result = await work();
      this.#send(`release savepoint ${savepoint}`);
      return result;
    } catch (error) {
      this.#send(`rollback to savepoint ${savepoint}; release savepoint ${savepoint}`);
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  // Not waited for: the next statement is sent behind it, and meets whatever fault it met.
  #send(text: string): void {
    this.#executor.control(text).catch(() => undefined);
  }
}
