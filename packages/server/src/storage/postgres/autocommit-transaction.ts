import type { Statement } from '../statement.js';
import type { NewCustomers, Reader, Transaction } from '../storage.js';
import type { InsertQueue } from './insert-queue.js';

/**
 * What a command runs in whose effect is one statement: the statement is its own transaction, and a create is one way to
 * the server and back.
 */
export class AutocommitTransaction implements Transaction {
  readonly #reader: Reader;
  readonly #inserts: InsertQueue;

  constructor(reader: Reader, inserts: InsertQueue) {
    this.#reader = reader;
    this.#inserts = inserts;
  }

  all<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R[]> {
    return this.#reader.all(query, parameters);
  }

  first<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R | undefined> {
    return this.#reader.first(query, parameters);
  }

  async insertCustomers({ teamId, rows }: NewCustomers): Promise<ReadonlySet<string>> {
    const [row] = rows;
    if (row === undefined || rows.length > 1) throw new Error('several customers need a transaction');
    return new Set((await this.#inserts.insert(teamId, row)) ? [row.uuid] : []);
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
