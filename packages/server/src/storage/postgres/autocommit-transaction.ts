import type { Statement } from '../statement.js';
import type { NewCustomer, NewCustomers, Reader, RecordClock, Transaction } from '../storage.js';
import type { InsertQueue } from './insert-queue.js';

/**
 * What a command runs in whose effect is one statement: the statement is its own transaction, and a create is one way to
 * the server and back.
 */
export class AutocommitTransaction implements Transaction {
  readonly #reader: Reader & RecordClock;
  readonly #inserts: InsertQueue;

  constructor(reader: Reader & RecordClock, inserts: InsertQueue) {
    this.#reader = reader;
    this.#inserts = inserts;
  }

  now(): number {
    return this.#reader.now();
  }

  all<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R[]> {
    return this.#reader.all(query, parameters);
  }

  first<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R | undefined> {
    return this.#reader.first(query, parameters);
  }

  async insertCustomers({ teamId, rows }: NewCustomers): Promise<ReadonlyMap<string, NewCustomer>> {
    const [row] = rows;
    if (row === undefined || rows.length > 1) throw new Error('several customers need a transaction');
    const stored = await this.#inserts.insert(teamId, row);
    return new Map(stored === undefined ? [] : [[stored.uuid, stored]]);
  }

  run(): Promise<number> {
    throw new Error('a second change needs a transaction');
  }

  moveCount(): Promise<void> {
    throw new Error('a second change needs a transaction');
  }

  attempt<T>(): Promise<T> {
    throw new Error('what can be undone needs a transaction');
  }
}
