import { parentPort, workerData } from 'node:worker_threads';
import { SqliteConnection } from './connection.js';
import type { ReaderThreadData } from './readers/reader-messages.js';
import { describeStorageFault } from './storage-fault.js';

// A thread that copies the log into the database file while the writer goes on writing.

const port = parentPort;
if (port === null) throw new Error('the checkpointer runs in a worker thread');
const { file }: ReaderThreadData = workerData;
const connection = new SqliteConnection(file, 'checkpointer');

port.on('message', (message: 'checkpoint' | 'close') => {
  if (message === 'checkpoint') checkpoint();
  else close();
});
port.postMessage('ready');

function checkpoint(): void {
  try {
    connection.allText('pragma wal_checkpoint(passive)', []);
  } catch (error) {
    // A full disk: the log stays as it is, and a later checkpoint tries again.
    if (describeStorageFault(error) === undefined) throw error;
  }
  port?.postMessage('checkpointed');
}

function close(): void {
  connection.close();
  port?.close();
}
