import type { Worker } from 'node:worker_threads';
import { AskedReader } from './asked-reader.js';

/** A few threads with a read-only connection each, for queries that take longer than a lookup. */
export class ReaderPool {
  readonly #readers: readonly AskedReader[];

  /**
   * @param workers reader threads, started
   * @param onLost called when one of them ends by itself
   */
  constructor(workers: readonly Worker[], onLost: (error: Error) => void) {
    this.#readers = workers.map((worker) => new AskedReader(worker, onLost));
  }

  /** Every row of SQL text with positional parameters, read by the least busy thread. */
  all<R>(text: string, parameters: readonly unknown[]): Promise<R[]> {
    const leastBusy = this.#readers.reduce((least, next) => (next.waiting < least.waiting ? next : least));
    return leastBusy.all(text, parameters);
  }

  /** Ends the threads, each after the query that it is at. */
  async close(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.close()));
  }
}
