import type { Worker } from 'node:worker_threads';
import { PartnerError } from '@countersign/contract';
import { closeThread } from '../close-thread.js';
import { errorFromFailure } from '../thread-failure.js';
import type { ReadJob, ReadOutcome } from './reader-messages.js';

interface Waiting {
  resolve(rows: readonly unknown[]): void;
  reject(error: Error): void;
}

interface ReaderThread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

/** A few threads with a read-only connection each, for queries that take longer than a lookup. */
export class ReaderPool {
  readonly #threads: readonly ReaderThread[];
  #nextId = 1;

  /**
   * @param workers reader threads, started
   * @param onLost called when one of them ends by itself
   */
  constructor(workers: readonly Worker[], onLost: (error: Error) => void) {
    this.#threads = workers.map((worker) => readerThread(worker, onLost));
  }

  /** Every row of SQL text with positional parameters, read by the least busy thread. */
  all<R>(text: string, parameters: readonly unknown[]): Promise<R[]> {
    const thread = this.#threads.reduce((least, next) => (next.waiting.size < least.waiting.size ? next : least));
    return new Promise<R[]>((resolve, reject) => {
      const job: ReadJob = { id: this.#nextId++, text, parameters };
      thread.waiting.set(job.id, { resolve: (rows) => resolve(typedRows<R>(rows)), reject });
      thread.worker.postMessage(job);
    });
  }

  /** Ends the threads, each after the query that it is at. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => closeThread(worker)));
  }
}

function readerThread(worker: Worker, onLost: (error: Error) => void): ReaderThread {
  const waiting = new Map<number, Waiting>();
  worker.on('message', (outcome: ReadOutcome) => {
    const job = waiting.get(outcome.id);
    waiting.delete(outcome.id);
    if (outcome.ok) job?.resolve(outcome.rows);
    else job?.reject(errorFromFailure(outcome.failure));
  });
  const fail = (error: unknown) => {
    for (const job of waiting.values()) job.reject(new PartnerError('unavailable', undefined, { cause: error }));
    waiting.clear();
  };
  worker.on('error', (error) => {
    fail(error);
    onLost(error instanceof Error ? error : new Error('reader thread failed'));
  });
  worker.on('exit', fail);
  return { worker, waiting };
}

// The caller names the row type of the SQL it hands in; the driver knows none.
function typedRows<R>(rows: readonly unknown[]): R[] {
  return rows as R[];
}
