import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { PartnerError } from '@countersign/contract';
import { currentTime } from '../../clock.js';
import { closeThread } from '../../threads/close-thread.js';
import { startedThread } from '../../threads/started-thread.js';
import type { CustomerSnapshot, SnapshotSelection } from '../customer-snapshot.js';
import { settledTime } from '../settled-time.js';
import type { Statement } from '../statement.js';
import {
  type Command,
  type CustomerSelection,
  commandNames,
  type ListPage,
  type Storage,
  type StorageGauges,
} from '../storage.js';
import { SqliteConnection, withTranslatedFaults } from './connection.js';
import { ensureSqliteSchema } from './files/migrate-sqlite.js';
import { AskedReader } from './readers/asked-reader.js';
import type { ReaderThreadData } from './readers/reader-messages.js';
import { ReaderPool } from './readers/reader-pool.js';
import { SharedSnapshot } from './readers/shared-snapshot.js';
import { SqliteSnapshot } from './readers/sqlite-snapshot.js';
import { readCustomers } from './search/read-customers.js';
import { ensureSearchFile } from './search/search-file.js';
import { SearchIndexer } from './search/search-indexer.js';
import { Writer } from './writer/writer.js';

/** How an SQLite database is opened. */
export interface SqliteOptions {
  readonly file: string;
  /** Whether an older schema is brought to this version; an empty database always is. */
  readonly migrate: boolean;
  /** Whether it is opened for one short command, which lists nothing and leaves the search index to the server. */
  readonly isBrief?: boolean;
  /** The module that runs the writer thread with the program's commands. */
  readonly writerEntry: URL;
  /** Called when nothing can be written any more. */
  onLost(error: Error): void;
}

/** How long reads that began earlier are waited for at each try to overwrite what was deleted, in milliseconds. */
const OVERWRITE_WAITS_MS = [50, 100, 200, 400, 800, 1_600];
const NOT_OVERWRITTEN =
  'Erased, but a long read keeps the former bytes from being overwritten. Send the request again to finish it.';

/** Most threads that list and search. */
const READER_THREADS = 4;

/**
 * Opens an SQLite database: a writer on its own thread, readers on theirs, and one connection here for lookups by key,
 * which take microseconds.
 *
 * @throws SchemaMismatch; the driver's error when the file cannot be opened, is damaged or is read-only
 */
export async function openSqliteStorage(options: SqliteOptions): Promise<Storage> {
  mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 });
  prepareSqliteFile(options);
  const threads = options.isBrief === true ? undefined : await startThreads(options.file);
  const events = {
    onCheckpointWanted: () => background?.checkpointer.postMessage('checkpoint'),
    onForgotten: () => background?.indexer.noteForgotten(),
    onWritten: (count: number) => background?.indexer.noteWrites(count),
    onLost: options.onLost,
  };
  const data = { file: options.file, commands: commandNames() };
  const writer = await Writer.start(options.writerEntry, data, events).catch((error: unknown) => {
    letGo(threads === undefined ? [] : [threads.checkpointer, threads.indexer, ...threads.readers]);
    throw error;
  });
  const background = threads === undefined ? undefined : backgroundOf(threads, writer, options.onLost);
  const lookups = new SqliteConnection(options.file, 'reader');
  return new SqliteStorage({ file: options.file, writer, background, lookups });
}

/** What runs beside the writer for as long as a server runs. */
interface Background {
  readonly readers: ReaderPool;
  readonly checkpointer: Worker;
  readonly indexer: SearchIndexer;
}

function backgroundOf(threads: Threads, writer: Writer, onLost: (error: Error) => void): Background {
  const { checkpointer } = threads;
  checkpointer.on('message', () => writer.reportCheckpoint());
  checkpointer.on('error', onLost);
  const indexer = new SearchIndexer(threads.indexer, { onIndexed: (batch) => writer.reportIndexed(batch), onLost });
  return { readers: new ReaderPool(threads.readers, onLost), checkpointer, indexer };
}

interface Threads {
  readonly checkpointer: Worker;
  readonly indexer: Worker;
  readonly readers: readonly Worker[];
}

// All have their connections open before the first request: a disk that fills up later ends none of them.
async function startThreads(file: string): Promise<Threads> {
  const workers: Worker[] = [];
  const start = (module: string) => {
    const worker = new Worker(new URL(module, import.meta.url), { workerData: { file } });
    workers.push(worker);
    return startedThread(worker);
  };
  const readerCount = Math.min(READER_THREADS, availableParallelism());
  try {
    const [checkpointer, indexer, readers] = await Promise.all([
      start('./checkpoint-thread.js'),
      start('./indexer-thread.js'),
      Promise.all(Array.from({ length: readerCount }, () => start('./reader-thread.js'))),
    ]);
    return { checkpointer, indexer, readers };
  } catch (error) {
    letGo(workers);
    throw error;
  }
}

// Such a thread takes some 30 ms to start, which is little beside an export, and none stands idle for it.
async function startSnapshotThread(file: string): Promise<Worker> {
  const workerData: ReaderThreadData = { file, isSnapshot: true };
  try {
    return await startedThread(new Worker(new URL('./reader-thread.js', import.meta.url), { workerData }));
  } catch (cause) {
    throw new PartnerError('unavailable', undefined, { cause });
  }
}

// Threads must not keep a process that cannot use the database.
function letGo(workers: readonly Worker[]): void {
  for (const worker of workers) worker.unref();
}

/** Makes sure that a file is a database at this version, with a search index unless it is opened for one short command. */
export function prepareSqliteFile({
  file,
  migrate,
  isBrief,
}: Pick<SqliteOptions, 'file' | 'migrate' | 'isBrief'>): void {
  const connection = new SqliteConnection(file, 'writer');
  try {
    ensureSqliteSchema(connection, { migrate });
    // A read-only file opens without complaint; taking the write lock tells.
    connection.execute('begin immediate');
    connection.execute('rollback');
    if (isBrief !== true) ensureSearchFile(file, connection);
  } finally {
    connection.close();
  }
}

interface SqliteParts {
  readonly file: string;
  readonly writer: Writer;
  readonly background: Background | undefined;
  readonly lookups: SqliteConnection;
}

class SqliteStorage implements Storage {
  readonly #parts: SqliteParts;
  readonly #snapshot: SharedSnapshot;
  readonly #openSnapshots = new Set<CustomerSnapshot>();

  constructor(parts: SqliteParts) {
    this.#parts = parts;
    this.#snapshot = new SharedSnapshot(parts.lookups);
  }

  async all<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R[]> {
    return this.#lookUp((lookups) => lookups.all(query, parameters));
  }

  async first<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R | undefined> {
    return this.#lookUp((lookups) => lookups.first(query, parameters));
  }

  async write<I, O>(command: Command<I, O>, input: I): Promise<O> {
    const output = await this.#parts.writer.write(command, input);
    if (command.leavesNothing === true) await this.#overwriteRemains();
    return output;
  }

  // Each time longer, with room for others in between.
  async #overwriteRemains(): Promise<void> {
    const { writer, background } = this.#parts;
    for (const waitMs of OVERWRITE_WAITS_MS) {
      if ((await background?.indexer.overwrite(waitMs)) !== false && (await writer.overwrite(waitMs))) return;
      // An export may take half an hour, and would still send what is erased; its client asks again.
      await this.#closeSnapshots();
    }
    throw new PartnerError('unavailable', NOT_OVERWRITTEN);
  }

  async listCustomers(request: CustomerSelection): Promise<ListPage> {
    const readers = this.#parts.background?.readers;
    if (readers === undefined) throw new Error('this storage was opened for one short command, and lists nothing');
    return readCustomers((text, parameters) => readers.all(text, parameters), request);
  }

  async openSnapshot(selection: SnapshotSelection): Promise<CustomerSnapshot> {
    const reader = new AskedReader(await startSnapshotThread(this.#parts.file), () => undefined);
    const snapshot = new SqliteSnapshot(reader, selection, () => this.#openSnapshots.delete(snapshot));
    this.#openSnapshots.add(snapshot);
    return snapshot;
  }

  async #closeSnapshots(): Promise<void> {
    await Promise.all([...this.#openSnapshots].map((snapshot) => snapshot.close()));
  }

  now(): number {
    return currentTime();
  }

  async settledUntil(): Promise<number> {
    return settledTime(this.now(), this.#parts.writer.oldestHandedInAt());
  }

  async verify(): Promise<void> {
    this.#lookUp((lookups) => lookups.allText('select 1 from teams limit 1', []));
  }

  #lookUp<T>(work: (lookups: SqliteConnection) => T): T {
    return withTranslatedFaults(() => {
      this.#snapshot.hold();
      return work(this.#parts.lookups);
    });
  }

  gauges(): StorageGauges {
    return this.#parts.writer.gauges();
  }

  // The index of searches is a file of its own, which is made anew.
  async dropOlderIndexes(): Promise<void> {}

  async close(): Promise<void> {
    const { writer, background, lookups } = this.#parts;
    await this.#closeSnapshots();
    await background?.readers.close();
    this.#snapshot.release();
    lookups.close();
    await background?.indexer.close();
    if (background !== undefined) await closeThread(background.checkpointer);
    await writer.close();
  }
}
