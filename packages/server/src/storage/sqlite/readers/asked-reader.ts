import type { Worker } from 'node:worker_threads';
import { PartnerError } from '@countersign/contract';
import { closeThread } from '../../../threads/close-thread.js';
import { PendingReplies } from '../../../threads/pending-replies.js';
import { errorFromFailure } from '../thread-failure.js';
import type { ReadJob, ReadOutcome } from './reader-messages.js';

/** A reader thread as it is asked from another. */
export class AskedReader {
  readonly #worker: Worker;
  readonly #replies = new PendingReplies();

  /**
   * @param worker a reader thread, started
   * @param onLost called when it fails by itself
   */
  constructor(worker: Worker, onLost: (error: Error) => void) {
    this.#worker = worker;
    worker.on('message', (outcome: ReadOutcome) => {
      if (outcome.ok) this.#replies.resolve(outcome.id, outcome.rows);
      else this.#replies.reject(outcome.id, errorFromFailure(outcome.failure));
    });
    const fail = (cause: unknown) => this.#replies.rejectAll(new PartnerError('unavailable', undefined, { cause }));
    worker.on('error', (error) => {
      fail(error);
      onLost(error instanceof Error ? error : new Error('reader thread failed'));
    });
    worker.on('exit', fail);
  }

  /** How many queries wait for it. */
  get waiting(): number {
    return this.#replies.count;
  }

  /** Every row of SQL text with positional parameters. */
  all<R>(text: string, parameters: readonly unknown[]): Promise<R[]> {
    return this.#ask<R[]>({ text, parameters });
  }

  /** The next piece of a query whose rows are a text each, one to a line; empty at the end. */
  nextLines(text: string, parameters: readonly unknown[]): Promise<Uint8Array> {
    return this.#ask<Uint8Array>({ text, parameters, isLines: true });
  }

  /** Ends the thread after the query that it is at. */
  close(): Promise<void> {
    return closeThread(this.#worker);
  }

  #ask<T>(job: Omit<ReadJob, 'id'>): Promise<T> {
    return this.#replies.ask<T>((id) => this.#worker.postMessage({ id, ...job } satisfies ReadJob));
  }
}
