import type { Worker } from 'node:worker_threads';
import { closeThread } from '../../../threads/close-thread.js';
import type { FromIndexer, ToIndexer } from '../readers/reader-messages.js';
import type { IndexedBatch } from './index-customers.js';

/** Quiet time after which waiting customers are indexed, in milliseconds. */
const QUIET_MS = 50;
/** Writes after which they are indexed even without a quiet time. */
const MANY_WRITES = 2_048;

/** What the indexer tells its owner. */
export interface IndexerEvents {
  /** A batch is in the index on disk; the writer should take it off the waiting list. */
  onIndexed(batch: IndexedBatch): void;
  /** The thread is gone. */
  onLost(error: Error): void;
}

/** The main thread's side of the search index: decides when the indexer's thread takes its next turn. */
export class SearchIndexer {
  readonly #worker: Worker;
  readonly #quiet: NodeJS.Timeout;
  #writes = 0;
  #isRunning = false;
  /** Whether another turn was asked for during this one. */
  #isWanted = false;

  /** @param worker the indexer's thread, started */
  constructor(worker: Worker, events: IndexerEvents) {
    this.#worker = worker;
    this.#worker.on('message', ({ batch }: FromIndexer) => this.#finish(batch, events));
    this.#worker.on('error', (error) => events.onLost(error instanceof Error ? error : new Error('indexer failed')));
    this.#quiet = setTimeout(() => this.#start(), QUIET_MS);
    this.#quiet.unref();
  }

  /** Notes that writes were committed. */
  noteWrites(count: number): void {
    this.#writes += count;
    if (this.#writes >= MANY_WRITES) this.#start();
    else this.#quiet.refresh();
  }

  /** Ends the thread after the batch that it is at; what still waits is indexed after the next start. */
  async close(): Promise<void> {
    clearTimeout(this.#quiet);
    await closeThread(this.#worker);
  }

  #start(): void {
    this.#isWanted = this.#isRunning;
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#writes = 0;
    this.#worker.postMessage('index' satisfies ToIndexer);
  }

  #finish(batch: IndexedBatch | undefined, events: IndexerEvents): void {
    this.#isRunning = false;
    if (batch !== undefined) events.onIndexed(batch);
    if (batch?.hasMore === true || this.#isWanted) this.#start();
  }
}
