import { Worker } from 'node:worker_threads';
import { PartnerError } from '@countersign/contract';
import { currentTime } from '../../../clock.js';
import { PendingReplies } from '../../../threads/pending-replies.js';
import type { Command, StorageGauges } from '../../storage.js';
import type { IndexedBatch } from '../search/index-customers.js';
import { errorFromFailure } from '../thread-failure.js';
import type { FromWriter, ToWriter, WriteJob, WriteOutcome, WriterThreadData } from './writer-messages.js';

/** What the writer tells its owner. */
export interface WriterEvents {
  /** The log has grown: a checkpoint should run, and {@link Writer.reportCheckpoint} be called after it. */
  onCheckpointWanted(): void;
  /** The customers of a batch, that {@link Writer.reportIndexed} told of, are off the waiting list. */
  onForgotten(): void;
  /** So many writes were answered. */
  onWritten(count: number): void;
  /** The thread is gone without having been asked to; nothing can be written any more. */
  onLost(error: Error): void;
}

/** The main thread's side of the writer thread: hands jobs over, once each turn of the event loop, and awaits outcomes. */
export class Writer {
  readonly #worker: Worker;
  readonly #events: WriterEvents;
  readonly #replies = new PendingReplies();
  readonly #overwrites = new PendingReplies();
  #jobs: WriteJob[] = [];
  #commits = 0;
  #writes = 0;
  #isClosing = false;
  readonly #exited: Promise<void>;

  private constructor(worker: Worker, events: WriterEvents) {
    this.#worker = worker;
    this.#events = events;
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    worker.on('message', (message: FromWriter) => this.#receive(message));
    worker.on('error', (error) => this.#lose(error instanceof Error ? error : new Error('writer thread failed')));
    worker.on('exit', () => this.#lose(new Error('the writer thread ended')));
  }

  /** Starts the thread at `entry` and waits until its connection is open. @throws the reason why it could not open */
  static async start(entry: URL, data: WriterThreadData, events: WriterEvents): Promise<Writer> {
    const worker = new Worker(entry, { workerData: data });
    await new Promise<void>((resolve, reject) => {
      worker.once('message', (message: FromWriter) => {
        if (message.type === 'failed') reject(errorFromFailure(message.failure));
        else resolve();
      });
      worker.once('error', reject);
    });
    return new Writer(worker, events);
  }

  /** Runs a command in the next group; settles after the group's commit. */
  write<I, O>(command: Command<I, O>, input: I): Promise<O> {
    if (this.#isClosing) return Promise.reject(new PartnerError('unavailable'));
    return this.#replies.ask<O>((id) => {
      this.#jobs.push({ id, command: command.name, handedInAt: currentTime(), input });
      if (this.#jobs.length === 1) setImmediate(() => this.#handOver());
    });
  }

  /** Tells the writer that a checkpoint has copied most of the log. */
  reportCheckpoint(): void {
    this.#post({ type: 'checkpointed' });
  }

  /** Tells the writer that customers are in the search index. */
  reportIndexed(batch: IndexedBatch): void {
    if (!this.#isClosing) this.#post({ type: 'indexed', batch });
  }

  /**
   * Overwrites what was deleted by commits that were answered; gives false where reads went on for longer than this, in
   * milliseconds, for which all writes wait.
   */
  overwrite(waitMs: number): Promise<boolean> {
    if (this.#isClosing) return Promise.resolve(false);
    return this.#overwrites.ask<boolean>((id) => this.#post({ type: 'overwrite', id, waitMs }));
  }

  /** When the oldest job that is not answered was handed in, in milliseconds since 1970; undefined when there is none. */
  oldestHandedInAt(): number | undefined {
    return this.#replies.oldestAskedAt;
  }

  gauges(): StorageGauges {
    return { writesWaiting: this.#replies.count, commits: this.#commits, writes: this.#writes };
  }

  /** Commits what was handed in and ends the thread. */
  async close(): Promise<void> {
    this.#handOver();
    this.#isClosing = true;
    this.#post({ type: 'close' });
    await this.#exited;
  }

  #handOver(): void {
    if (this.#jobs.length === 0) return;
    const jobs = this.#jobs;
    this.#jobs = [];
    try {
      this.#post({ type: 'jobs', jobs });
    } catch {
      for (const job of jobs) this.#handOverAlone(job);
    }
  }

  // Nothing of a message is sent when one of its jobs cannot be copied; only that one's caller is told.
  #handOverAlone(job: WriteJob): void {
    try {
      this.#post({ type: 'jobs', jobs: [job] });
    } catch (error) {
      this.#replies.reject(job.id, error);
    }
  }

  #post(message: ToWriter): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromWriter): void {
    if (message.type === 'outcomes') this.#settle(message.outcomes);
    else if (message.type === 'overwritten') for (const id of message.ids) this.#overwrites.resolve(id, message.isDone);
    else if (message.type === 'checkpoint-wanted') this.#events.onCheckpointWanted();
    else if (message.type === 'forgotten') this.#events.onForgotten();
  }

  #settle(outcomes: readonly WriteOutcome[]): void {
    this.#commits += 1;
    this.#writes += outcomes.length;
    this.#events.onWritten(outcomes.length);
    for (const outcome of outcomes) {
      if (outcome.ok) this.#replies.resolve(outcome.id, outcome.output);
      else this.#replies.reject(outcome.id, errorFromFailure(outcome.failure));
    }
  }

  #lose(error: Error): void {
    const lost = new PartnerError('unavailable', undefined, { cause: error });
    this.#replies.rejectAll(lost);
    this.#overwrites.rejectAll(lost);
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#events.onLost(error);
  }
}
