import type { IndexedBatch } from '../search/index-customers.js';
import type { ThreadFailure } from '../thread-failure.js';

/** A command handed to the writer thread. */
export interface WriteJob {
  readonly id: number;
  readonly command: string;
  /** Milliseconds since 1970. */
  readonly handedInAt: number;
  readonly input: unknown;
}

/** How a job ended; sent after the commit that holds it. */
export type WriteOutcome =
  | { readonly id: number; readonly ok: true; readonly output: unknown }
  | { readonly id: number; readonly ok: false; readonly failure: ThreadFailure };

/** From the main thread to the writer. */
export type ToWriter =
  | { readonly type: 'jobs'; readonly jobs: readonly WriteJob[] }
  | { readonly type: 'checkpointed' }
  | { readonly type: 'indexed'; readonly batch: IndexedBatch }
  | { readonly type: 'overwrite'; readonly id: number; readonly waitMs: number }
  | { readonly type: 'close' };

/** From the writer to the main thread. */
export type FromWriter =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly failure: ThreadFailure }
  | { readonly type: 'outcomes'; readonly outcomes: readonly WriteOutcome[] }
  | { readonly type: 'overwritten'; readonly ids: readonly number[]; readonly isDone: boolean }
  | { readonly type: 'forgotten' }
  | { readonly type: 'checkpoint-wanted' };

/** What the writer thread is started with. */
export interface WriterThreadData {
  readonly file: string;
  /** The names of all commands that the thread may be handed. */
  readonly commands: readonly string[];
}
