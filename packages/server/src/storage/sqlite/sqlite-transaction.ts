import { creationEvent } from '../creation-event.js';
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

  /** @param now when the work was handed in, which its changes carry as their time */
  constructor(connection: SqliteConnection, now: number) {
    this.#connection = connection;
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  async all<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R[]> {
    return this.#connection.all(query, parameters);
  }

  async first<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R | undefined> {
    return this.#connection.first(query, parameters);
  }

  async run<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<number> {
    return this.#connection.run(query, parameters);
  }

  async insertCustomers({ teamId, rows }: NewCustomers): Promise<ReadonlyMap<string, NewCustomer>> {
    const stored = rows.filter((row) => this.#connection.run(insertCustomer, { teamId, ...row }) > 0);
    for (const row of stored) {
      this.#connection.run(insertEvent, creationEvent(teamId, row));
      if (row.mark !== undefined) await requireFirstEffect(this, { teamId, ...row.mark });
    }
    return new Map(stored.map((row) => [row.uuid, row]));
  }

  /** Triggers of the schema count. */
  async moveCount(): Promise<void> {}

  async attempt<T>(work: () => Promise<T>): Promise<T> {
    this.#connection.runText('savepoint attempt');
    try {
      const result = await work();
      this.#connection.runText('release attempt');
      return result;
    } catch (error) {
      // A fault of the disk may have ended the whole transaction, and the savepoint with it.
      if (this.#connection.isInTransaction) {
        this.#connection.runText('rollback to attempt');
        this.#connection.runText('release attempt');
      }
      throw error;
    }
  }
}
