import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Statement } from '../statement.js';
import type { Command, ListPage, ListRequest, Storage, StorageGauges } from '../storage.js';
import { closeThread } from './close-thread.js';
import { SqliteConnection, withTranslatedFaults } from './connection.js';
import { listCustomers } from './list-customers.js';
import { ensureSqliteSchema } from './migrate-sqlite.js';
import { ReaderPool } from './reader-pool.js';
import { ensureSearchFile } from './search-file.js';
import { SearchIndexer } from './search-indexer.js';
import { SharedSnapshot } from './shared-snapshot.js';
import { Writer } from './writer.js';

/** How an SQLite database is opened. */
export interface SqliteOptions {
  readonly file: string;
  /** Whether an older schema is brought to this version; an empty database always is. */
  readonly migrate: boolean;
  /** The module that runs the writer thread with the program's commands. */
  readonly writerEntry: URL;
  /** Called when nothing can be written any more. */
  onLost(error: Error): void;
}

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
  prepareFile(options);
  const data = { file: options.file };
  const checkpointer = new Worker(new URL('./checkpoint-thread.js', import.meta.url), { workerData: data });
  const writer = await Writer.start(options.writerEntry, data, {
    onCheckpointWanted: () => checkpointer.postMessage('checkpoint'),
    onWritten: (count) => indexer.noteWrites(count),
    onLost: options.onLost,
  });
  const indexer = new SearchIndexer(data, {
    onIndexed: (batch) => writer.reportIndexed(batch),
    onLost: options.onLost,
  });
  checkpointer.on('message', () => writer.reportCheckpoint());
  checkpointer.on('error', options.onLost);
  const readers = new ReaderPool(data, Math.min(READER_THREADS, availableParallelism()));
  return new SqliteStorage({
    writer,
    readers,
    checkpointer,
    indexer,
    lookups: new SqliteConnection(options.file, 'reader'),
  });
}

function prepareFile({ file, migrate }: SqliteOptions): void {
  const connection = new SqliteConnection(file, 'writer');
  try {
    ensureSqliteSchema(connection, { migrate });
    // A read-only file opens without complaint; taking the write lock tells.
    connection.execute('begin immediate');
    connection.execute('rollback');
    ensureSearchFile(file, connection);
  } finally {
    connection.close();
  }
}

interface SqliteParts {
  readonly writer: Writer;
  readonly readers: ReaderPool;
  readonly checkpointer: Worker;
  readonly indexer: SearchIndexer;
  readonly lookups: SqliteConnection;
}

class SqliteStorage implements Storage {
  readonly #parts: SqliteParts;
  readonly #snapshot: SharedSnapshot;

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

  write<I, O>(command: Command<I, O>, input: I): Promise<O> {
    return this.#parts.writer.write(command, input);
  }

  listCustomers(request: ListRequest): Promise<ListPage> {
    return listCustomers((text, parameters) => this.#parts.readers.all(text, parameters), request);
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

  async close(): Promise<void> {
    const { writer, readers, checkpointer, indexer, lookups } = this.#parts;
    await readers.close();
    this.#snapshot.release();
    lookups.close();
    await indexer.close();
    await closeThread(checkpointer);
    await writer.close();
  }
}
