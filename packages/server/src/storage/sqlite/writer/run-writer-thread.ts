import { statSync } from 'node:fs';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Command } from '../../storage.js';
import { SqliteConnection } from '../connection.js';
import { forgetIndexed, type IndexedBatch } from '../search/index-customers.js';
import { describeStorageFault } from '../storage-fault.js';
import { failureFromError } from '../thread-failure.js';
import { type CommandTable, commitGroup } from './write-group.js';
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
export function runWriterThread(commands: readonly Command<never, unknown>[]): void {
  if (parentPort === null) throw new Error('the writer runs in a worker thread');
  const { file } = writerThreadData(workerData);
  try {
    const loop = new WriterLoop(parentPort, file, commandTable(commands));
    loop.start();
  } catch (error) {
    send(parentPort, { type: 'failed', failure: failureFromError(error) });
  }
}

// Thread data is untyped by nature; it is made in one place, sqlite-storage.ts.
function writerThreadData(data: WriterThreadData): WriterThreadData {
  return data;
}

// A command's input type is known to the caller of Storage.write, which takes the same command object.
function commandTable(commands: readonly Command<never, unknown>[]): CommandTable {
  return new Map(commands.map((command) => [command.name, command as Command<unknown, unknown>]));
}

function send(port: MessagePort, message: FromWriter): void {
  port.postMessage(message);
}

class WriterLoop {
  readonly #port: MessagePort;
  readonly #file: string;
  readonly #commands: CommandTable;
  readonly #connection: SqliteConnection;
  #queue: WriteJob[] = [];
  #isRunning = false;
  #isClosing = false;
  #isCheckpointing = false;
  #jobsUntilLook = 0;

  constructor(port: MessagePort, file: string, commands: CommandTable) {
    this.#port = port;
    this.#file = file;
    this.#commands = commands;
    this.#connection = new SqliteConnection(file, 'writer');
  }

  start(): void {
    this.#port.on('message', (message: ToWriter) => {
      this.#receive(message);
      void this.#run();
    });
    send(this.#port, { type: 'ready' });
  }

  #receive(message: ToWriter): void {
    if (message.type === 'jobs') this.#queue.push(...message.jobs);
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
    while (this.#queue.length > 0) {
      await this.#commitNextGroup();
      this.#receiveWaiting();
    }
    this.#isRunning = false;
    if (this.#isClosing) this.#close();
  }

  async #commitNextGroup(): Promise<void> {
    const jobs = this.#queue.splice(0, GROUP_LIMIT);
    const outcomes = await commitGroup(this.#connection, this.#commands, jobs);
    send(this.#port, { type: 'outcomes', outcomes });
    this.#jobsUntilLook -= jobs.length;
    if (this.#jobsUntilLook > 0) return;
    this.#jobsUntilLook = JOBS_BETWEEN_LOOKS;
    this.#wantCheckpointWhenLarge();
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
  }

  #close(): void {
    // After a clean stop the database is its one file, and a copy of it is whole.
    tryLater(() => this.#connection.allText('pragma wal_checkpoint(truncate)', []));
    this.#connection.close();
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

function logBytes(file: string): number {
  return statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}
