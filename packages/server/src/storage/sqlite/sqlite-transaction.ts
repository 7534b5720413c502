import { insertEvent } from '../insert-event.js';
import { requireFirstEffect } from '../mark-request.js';
import type { Statement } from '../statement.js';
import type { NewCustomer, NewCustomers, Transaction } from '../storage.js';
import type { SqliteConnection } from './connection.js';
import { insertCustomer } from './insert-customer.js';

/** A transaction on the writer's connection. Every answer is there at once; the promises keep one interface for all engines. */
export class SqliteTransaction implements Transaction {
  readonly #connection: SqliteConnection;
  readonly #now: number;
  #depth = 0;
  #isOver = false;

  /** @param now when the work was handed in, which its changes carry as their time */
  constructor(connection: SqliteConnection, now: number) {
    this.#connection = connection;
    this.#now = now;
  }

  /** Ends the work: whatever of it was not waited for does nothing any more. What it left open the savepoint around it undoes. */
  end(): void {
    this.#isOver = true;
  }

  now(): number {
    return this.#now;
  }

  async all<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R[]> {
    return this.#open().all(query, parameters);
  }

  async first<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R | undefined> {
    return this.#open().first(query, parameters);
  }

  async run<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<number> {
    return this.#open().run(query, parameters);
  }

  async insertCustomers({ teamId, rows }: NewCustomers): Promise<ReadonlyMap<string, NewCustomer>> {
    const connection = this.#open();
    const stored = rows.filter((row) => connection.run(insertCustomer, { teamId, ...row }) > 0);
    for (const row of stored) {
      connection.run(insertEvent, row.eventOf(row));
      if (row.mark !== undefined) await requireFirstEffect(this, { teamId, ...row.mark });
    }
    return new Map(stored.map((row) => [row.uuid, row]));
  }

  /** Triggers of the schema count. */
  async moveCount(): Promise<void> {}

  async attempt<T>(work: () => Promise<T>): Promise<T> {
    // To end a savepoint ends those that were begun in it.
    const savepoint = `attempt_${++this.#depth}`;
    this.#open().runText(`savepoint ${savepoint}`);
    try {
      const result = await work();
      this.#open().runText(`release ${savepoint}`);
      return result;
    } catch (error) {
      // A fault of the disk may have ended the whole transaction, and the savepoint with it.
      if (!this.#isOver && this.#connection.isInTransaction) {
        this.#connection.runText(`rollback to ${savepoint}`);
        this.#connection.runText(`release ${savepoint}`);
      }
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  #open(): SqliteConnection {
    if (this.#isOver) throw new Error('a command went on after its end');
    return this.#connection;
  }
}
