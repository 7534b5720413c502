import { parentPort, workerData } from 'node:worker_threads';
import { SqliteConnection } from './connection.js';
import { nextLines } from './readers/next-lines.js';
import type { ReaderThreadData, ReadJob, ReadOutcome, ToReader } from './readers/reader-messages.js';
import { searchFileOf } from './search/search-file.js';
import { failureFromError } from './thread-failure.js';

// A thread that lists and searches, so that a long query holds up nobody but the next long query.

const port = parentPort;
if (port === null) throw new Error('the reader runs in a worker thread');
const { file, isSnapshot }: ReaderThreadData = workerData;
const connection = new SqliteConnection(file, isSnapshot === true ? 'copier' : 'reader');
if (isSnapshot === true) {
  connection.execute('begin');
  // The first read is what the snapshot begins with.
  connection.allText('select 1 from teams limit 1', []);
} else connection.runText('attach ? as search', [searchFileOf(file)]);
const lines = new Map<string, Iterator<unknown[]>>();

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

function outcomeOf({ id, text, parameters, isLines }: ReadJob): ReadOutcome {
  try {
    if (isLines !== true) return { id, ok: true, rows: connection.allText(text, parameters) };
    const rows = lines.get(text) ?? connection.iterateText(text, parameters);
    lines.set(text, rows);
    return { id, ok: true, rows: nextLines(rows) };
  } catch (error) {
    return { id, ok: false, failure: failureFromError(error) };
  }
}
