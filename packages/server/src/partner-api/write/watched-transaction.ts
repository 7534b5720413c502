import type { RequestMark } from '../../storage/request-mark.js';
import type { Statement } from '../../storage/statement.js';
import type { CountMove, NewCustomer, NewCustomers, Transaction } from '../../storage/storage.js';

/** A transaction that knows whether rows were changed in it. */
export class WatchedTransaction implements Transaction {
  readonly #tx: Transaction;
  #hasChanged = false;

  constructor(tx: Transaction) {
    this.#tx = tx;
  }

  /** Whether rows were changed; what was undone since does not count. */
  get hasChanged(): boolean {
    return this.#hasChanged;
  }

  now(): number {
    return this.#tx.now();
  }

  all<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R[]> {
    return this.#tx.all(query, parameters);
  }

  first<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R | undefined> {
    return this.#tx.first(query, parameters);
  }

  async run<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<number> {
    const rows = await this.#tx.run(query, parameters);
    if (rows > 0) this.#hasChanged = true;
    return rows;
  }

  async insertCustomers(customers: NewCustomers): Promise<ReadonlyMap<string, NewCustomer>> {
    const stored = await this.#tx.insertCustomers(customers);
    if (stored.size > 0) this.#hasChanged = true;
    return stored;
  }

  /** Counts follow from a change that is seen by itself. */
  moveCount(move: CountMove): Promise<void> {
    return this.#tx.moveCount(move);
  }

  async attempt<T>(work: () => Promise<T>): Promise<T> {
    const hadChanged = this.#hasChanged;
    try {
      return await this.#tx.attempt(work);
    } catch (error) {
      this.#hasChanged = hadChanged;
      throw error;
    }
  }
}

/** The transaction of a request whose whole effect is one statement: its mark goes with the customer that it stores. */
export function markingTransaction(tx: Transaction, { signedAt, signature }: RequestMark): Transaction {
  const mark = { signedAt, signature };
  return {
    now: () => tx.now(),
    all: (query, parameters) => tx.all(query, parameters),
    first: (query, parameters) => tx.first(query, parameters),
    run: (query, parameters) => tx.run(query, parameters),
    insertCustomers: ({ teamId, rows }) => tx.insertCustomers({ teamId, rows: rows.map((row) => ({ ...row, mark })) }),
    moveCount: (move) => tx.moveCount(move),
    attempt: (work) => tx.attempt(work),
  };
}
