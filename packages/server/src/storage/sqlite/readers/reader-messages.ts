import type { IndexedBatch } from '../search/index-customers.js';
import type { ThreadFailure } from '../thread-failure.js';

/** A query handed to a reader thread. */
export interface ReadJob {
  readonly id: number;
  readonly text: string;
  readonly parameters: readonly unknown[];
  /** Whether the next piece of lines is wanted, of a query that gives one a row; the query goes on where it was. */
  readonly isLines?: true;
}

/** From the main thread to a reader. */
export type ToReader = ReadJob | 'close';

/** How a query ended. */
export type ReadOutcome =
  | { readonly id: number; readonly ok: true; readonly rows: readonly unknown[] | Uint8Array }
  | { readonly id: number; readonly ok: false; readonly failure: ThreadFailure };

/** From the main thread to the indexer. */
export type ToIndexer = 'index' | 'close' | { readonly overwriteWithinMs: number };

/** From the indexer to the main thread, after each turn. */
export interface FromIndexer {
  readonly batch: IndexedBatch | undefined;
  /** Where it was asked for: whether nothing is left of what was deleted from the index. */
  readonly isOverwritten?: boolean;
}

/** What a thread beside the writer is started with. */
export interface ReaderThreadData {
  readonly file: string;
  /** Whether all that it reads is as it was when the thread began. */
  readonly isSnapshot?: true;
}
