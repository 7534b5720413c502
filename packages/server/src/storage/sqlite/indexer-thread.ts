import { parentPort, workerData } from 'node:worker_threads';
import { SqliteConnection } from './connection.js';
import { Remains } from './overwrite/remains.js';
import type { FromIndexer, ReaderThreadData, ToIndexer } from './readers/reader-messages.js';
import { forgetFormerTexts, indexCustomers } from './search/index-customers.js';
import { searchFileOf } from './search/search-file.js';
import { describeStorageFault } from './storage-fault.js';

// A thread that keeps the search index, in a file of its own, so that no write waits for it.

const port = parentPort;
if (port === null) throw new Error('the indexer runs in a worker thread');
const { file }: ReaderThreadData = workerData;
const files = {
  records: new SqliteConnection(file, 'reader'),
  index: new SqliteConnection(searchFileOf(file), 'indexer'),
};

const remains = new Remains(files.index, searchFileOf(file));

port.on('message', (message: ToIndexer) => {
  if (message === 'index') index();
  else if (message === 'close') close();
  else overwrite(message.overwriteWithinMs);
});
port.postMessage('ready');

function index(): void {
  port?.postMessage({ batch: nextBatch() } satisfies FromIndexer);
}

// What has waited for the index is taken out of it first.
function overwrite(waitMs: number): void {
  const batch = nextBatch();
  const isOverwritten = batch?.hasMore !== true && forgetFormer() && remains.overwrite(waitMs);
  port?.postMessage({ batch, isOverwritten } satisfies FromIndexer);
}

function forgetFormer(): boolean {
  const isDone = unlessDiskFails(() => {
    forgetFormerTexts(files.index);
    return true;
  });
  return isDone === true;
}

function nextBatch(): FromIndexer['batch'] {
  return unlessDiskFails(() => indexCustomers(files));
}

// Customers stay on the waiting list, where searches find them, and a later turn tries again; so does whoever erases.
function unlessDiskFails<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (describeStorageFault(error) === undefined) throw error;
    return undefined;
  }
}

function close(): void {
  files.records.close();
  files.index.close();
  remains.close();
  port?.close();
}
