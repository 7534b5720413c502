import { parentPort, workerData } from 'node:worker_threads';
import { SqliteConnection } from './connection.js';
import type { ReaderThreadData, ReadJob, ReadOutcome, ToReader } from './readers/reader-messages.js';
import { searchFileOf } from './search/search-file.js';
import { failureFromError } from './thread-failure.js';

// A thread that lists and searches, so that a long query holds up nobody but the next long query.

const port = parentPort;
if (port === null) throw new Error('the reader runs in a worker thread');
const { file }: ReaderThreadData = workerData;
const connection = new SqliteConnection(file, 'reader');
connection.runText('attach ? as search', [searchFileOf(file)]);

port.on('message', (message: ToReader) => {
  if (message === 'close') close();
  else port.postMessage(outcomeOf(message));
});
port.postMessage('ready');

// A thread that is terminated from outside may die inside the driver, and take the process with it.
function close(): void {
  connection.close();
  port?.close();
}

function outcomeOf({ id, text, parameters }: ReadJob): ReadOutcome {
  try {
    return { id, ok: true, rows: connection.allText(text, parameters) };
  } catch (error) {
    return { id, ok: false, failure: failureFromError(error) };
  }
}
