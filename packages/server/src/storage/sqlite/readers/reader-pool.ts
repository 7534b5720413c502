import type { Worker } from 'node:worker_threads';
import { PartnerError } from '@countersign/contract';
import { closeThread } from '../../../threads/close-thread.js';
import { PendingReplies } from '../../../threads/pending-replies.js';
import { errorFromFailure } from '../thread-failure.js';
import type { ReadJob, ReadOutcome } from './reader-messages.js';

interface ReaderThread {
  readonly worker: Worker;
  readonly replies: PendingReplies;
}

/** A few threads with a read-only connection each, for queries that take longer than a lookup. */
export class ReaderPool {
  readonly #threads: readonly ReaderThread[];

  /**
   * @param workers reader threads, started
   * @param onLost called when one of them ends by itself
   */
  constructor(workers: readonly Worker[], onLost: (error: Error) => void) {
    this.#threads = workers.map((worker) => readerThread(worker, onLost));
  }

  /** Every row of SQL text with positional parameters, read by the least busy thread. */
  all<R>(text: string, parameters: readonly unknown[]): Promise<R[]> {
    const { worker, replies } = this.#threads.reduce((least, next) =>
      next.replies.count < least.replies.count ? next : least,
    );
    return replies.ask<R[]>((id) => worker.postMessage({ id, text, parameters } satisfies ReadJob));
  }

  /** Ends the threads, each after the query that it is at. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => closeThread(worker)));
  }
}

function readerThread(worker: Worker, onLost: (error: Error) => void): ReaderThread {
  const replies = new PendingReplies();
  worker.on('message', (outcome: ReadOutcome) => {
    if (outcome.ok) replies.resolve(outcome.id, outcome.rows);
    else replies.reject(outcome.id, errorFromFailure(outcome.failure));
  });
  const fail = (cause: unknown) => replies.rejectAll(new PartnerError('unavailable', undefined, { cause }));
  worker.on('error', (error) => {
    fail(error);
    onLost(error instanceof Error ? error : new Error('reader thread failed'));
  });
  worker.on('exit', fail);
  return { worker, replies };
}
