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
  /** A batch is in the index on disk; the writer should take it off the waiting list, and {@link SearchIndexer.noteForgotten} be called. */
  onIndexed(batch: IndexedBatch): void;
  /** The thread is gone. */
  onLost(error: Error): void;
}

interface Overwriting {
  readonly waitMs: number;
  resolve(isOverwritten: boolean): void;
}

/** The main thread's side of the search index: decides when the indexer's thread takes its next turn. */
export class SearchIndexer {
  readonly #worker: Worker;
  readonly #quiet: NodeJS.Timeout;
  #writes = 0;
  #isRunning = false;
  /** Whether more waited than the last turn took. */
  #hasMore = false;
  /** Whether another turn was asked for during this one. */
  #isWanted = false;
  /** Who waits for what was deleted to be overwritten, and those of them whose turn it is. */
  #overwriting: Overwriting[] = [];
  #served: Overwriting[] = [];

  /** @param worker the indexer's thread, started */
  constructor(worker: Worker, events: IndexerEvents) {
    this.#worker = worker;
    this.#worker.on('message', (message: FromIndexer) => this.#finish(message, events));
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

  /**
   * Takes what was deleted out of the index, and overwrites it; gives false where reads went on for longer than this, in
   * milliseconds, or too much waits for the index.
   */
  overwrite(waitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.#overwriting.push({ waitMs, resolve });
      this.#start();
    });
  }

  /** Notes that the last batch is off the waiting list: only then can the next turn tell what it has not had yet. */
  noteForgotten(): void {
    this.#isRunning = false;
    if (this.#hasMore || this.#isWanted) this.#start();
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
    this.#worker.postMessage(this.#nextTurn());
  }

  #nextTurn(): ToIndexer {
    this.#served = this.#overwriting;
    this.#overwriting = [];
    if (this.#served.length === 0) return 'index';
    return { overwriteWithinMs: Math.max(...this.#served.map(({ waitMs }) => waitMs)) };
  }

  #finish({ batch, isOverwritten = false }: FromIndexer, events: IndexerEvents): void {
    for (const { resolve } of this.#served) resolve(isOverwritten);
    this.#hasMore = batch?.hasMore === true;
    if (batch === undefined) this.noteForgotten();
    else events.onIndexed(batch);
  }
}
