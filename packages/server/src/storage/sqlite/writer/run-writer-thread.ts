import { statSync } from 'node:fs';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { findCommand } from '../../storage.js';
import { SqliteConnection } from '../connection.js';
import { Remains } from '../overwrite/remains.js';
import { forgetIndexed, type IndexedBatch } from '../search/index-customers.js';
import { describeStorageFault } from '../storage-fault.js';
import { failureFromError } from '../thread-failure.js';
import { commitGroup } from './write-group.js';
import type { FromWriter, ToWriter, WriteJob, WriterThreadData } from './writer-messages.js';

/** Most jobs in one commit. */
const GROUP_LIMIT = 256;
/** Log size at which a checkpoint is asked for, in bytes: 10,000 pages. */
const CHECKPOINT_BYTES = 40_960_000;
/** Jobs between two looks at the log's size. */
const JOBS_BETWEEN_LOOKS = 512;

/**
 * The writer thread: takes whatever jobs have arrived, commits them as one group, answers, and looks again. While one
 * commit waits for the disk, the next jobs queue up and share the next commit.
 */
export function runWriterThread(): void {
  if (parentPort === null) throw new Error('the writer runs in a worker thread');
  const { file, commands } = writerThreadData(workerData);
  try {
    requireCommands(commands);
    const loop = new WriterLoop(parentPort, file);
    loop.start();
  } catch (error) {
    send(parentPort, { type: 'failed', failure: failureFromError(error) });
  }
}

// A command that is not known here would be met by somebody's write.
function requireCommands(names: readonly string[]): void {
  const unknown = names.filter((name) => findCommand(name) === undefined);
  if (unknown.length > 0)
    throw new Error(`the thread that writes has no ${unknown.join(', ')}: commands.ts lacks a module`);
}

// Thread data is untyped by nature; it is made in one place, sqlite-storage.ts.
function writerThreadData(data: WriterThreadData): WriterThreadData {
  return data;
}

function send(port: MessagePort, message: FromWriter): void {
  port.postMessage(message);
}

class WriterLoop {
  readonly #port: MessagePort;
  readonly #file: string;
  readonly #connection: SqliteConnection;
  readonly #remains: Remains;
  #queue: WriteJob[] = [];
  #overwrites: Extract<ToWriter, { type: 'overwrite' }>[] = [];
  #isRunning = false;
  #isClosing = false;
  #isCheckpointing = false;
  #jobsUntilLook = 0;

  constructor(port: MessagePort, file: string) {
    this.#port = port;
    this.#file = file;
    this.#connection = new SqliteConnection(file, 'writer');
    this.#remains = new Remains(this.#connection, file);
  }

  start(): void {
    // What a command did not wait for belongs to no write any more, and ends nobody else's.
    process.on('unhandledRejection', () => undefined);
    this.#port.on('message', (message: ToWriter) => {
      this.#receive(message);
      this.#run().catch(endThread);
    });
    send(this.#port, { type: 'ready' });
  }

  #receive(message: ToWriter): void {
    if (message.type === 'jobs') this.#queue.push(...message.jobs);
    else if (message.type === 'overwrite') this.#overwrites.push(message);
    else if (message.type === 'checkpointed') this.#finishCheckpoint();
    else if (message.type === 'indexed') this.#forgetIndexed(message.batch);
    else this.#isClosing = true;
  }

  #receiveWaiting(): void {
    for (let next = receiveMessageOnPort(this.#port); next !== undefined; next = receiveMessageOnPort(this.#port)) {
      this.#receive(next.message);
    }
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#queue.length > 0 || this.#overwrites.length > 0) {
      this.#overwriteRemains();
      if (this.#queue.length > 0) await this.#commitNextGroup();
      this.#receiveWaiting();
    }
    this.#isRunning = false;
    if (this.#isClosing) this.#close();
  }

  async #commitNextGroup(): Promise<void> {
    const jobs = this.#queue.splice(0, GROUP_LIMIT);
    const outcomes = await commitGroup(this.#connection, jobs);
    send(this.#port, { type: 'outcomes', outcomes });
    this.#jobsUntilLook -= jobs.length;
    if (this.#jobsUntilLook > 0) return;
    this.#jobsUntilLook = JOBS_BETWEEN_LOOKS;
    this.#wantCheckpointWhenLarge();
  }

  // All who wait for it are served at once.
  #overwriteRemains(): void {
    const waiting = this.#overwrites;
    if (waiting.length === 0) return;
    this.#overwrites = [];
    const isDone = this.#remains.overwrite(Math.max(...waiting.map(({ waitMs }) => waitMs)));
    send(this.#port, { type: 'overwritten', ids: waiting.map(({ id }) => id), isDone });
  }

  #wantCheckpointWhenLarge(): void {
    if (this.#isCheckpointing || logBytes(this.#file) < CHECKPOINT_BYTES) return;
    this.#isCheckpointing = true;
    send(this.#port, { type: 'checkpoint-wanted' });
  }

  // Only the writer can catch up with its own log: with nobody writing, the rest is copied and the log starts anew.
  #finishCheckpoint(): void {
    this.#isCheckpointing = false;
    tryLater(() => this.#connection.allText('pragma wal_checkpoint(passive)', []));
  }

  #forgetIndexed(batch: IndexedBatch): void {
    tryLater(() => forgetIndexed(this.#connection, batch));
    send(this.#port, { type: 'forgotten' });
  }

  #close(): void {
    // After a clean stop the database is its one file, and a copy of it is whole.
    tryLater(() => this.#connection.allText('pragma wal_checkpoint(truncate)', []));
    this.#connection.close();
    this.#remains.close();
    this.#port.close();
  }
}

// Housekeeping that a full disk refuses does no harm undone: the next write says so to its caller, and the same piece of
// work comes again by itself.
function tryLater(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (describeStorageFault(error) === undefined) throw error;
  }
}

// An error of the loop itself is one of the thread, and no rejection that nobody waits for.
function endThread(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

function logBytes(file: string): number {
  return statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}
